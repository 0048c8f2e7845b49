// The service that bench/rpc measures, by grpc-go: Execute answers with a Struct built from the
// request's.
package main

import (
	"context"
	"fmt"
	"log"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/structpb"

	agentv1 "servicelane.bench/rpc/servicelane/agent/v1"
)

type server struct {
	agentv1.UnimplementedAgentServiceServer
}

func (server) Execute(_ context.Context, request *agentv1.AgentServiceRequest) (*agentv1.AgentServiceResponse, error) {
	parameters := request.GetParameters().GetFields()
	fields := make(map[string]*structpb.Value, len(parameters))
	for key, value := range parameters {
		fields[key] = value
	}
	return &agentv1.AgentServiceResponse{
		RequestId: request.GetRequestId(),
		Success:   true,
		Result:    structpb.NewStructValue(&structpb.Struct{Fields: fields}),
	}, nil
}

func main() {
	log.SetFlags(0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	services := grpc.NewServer()
	agentv1.RegisterAgentServiceServer(services, server{})
	log.Fatal(services.Serve(listener))
}
