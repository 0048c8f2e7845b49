// Calls ServiceLane over gRPC: an operation of an agent, then a workflow whose steps are watched.
//
//	examples/build-client go && build/examples/go/servicelane-example
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	agentv1 "servicelane.example/client/servicelane/agent/v1"
	orchestratorv1 "servicelane.example/client/servicelane/orchestrator/v1"
)

const request = "Add part number 1234 to RO number 1234, and send payment link of 100$ to ambujmehra16@gmail.com"

func main() {
	log.SetFlags(0)
	if err := execute(target("PARTS_TARGET", "localhost:50085")); err != nil {
		log.Fatal(err)
	}
	if err := watch(target("ORCHESTRATOR_TARGET", "localhost:50086")); err != nil {
		log.Fatal(err)
	}
}

func target(variable, otherwise string) string {
	if value := os.Getenv(variable); value != "" {
		return value
	}
	return otherwise
}

func dial(target string) (*grpc.ClientConn, error) {
	return grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
}

// execute has one operation of one agent carried out.
func execute(target string) error {
	channel, err := dial(target)
	if err != nil {
		return err
	}
	defer channel.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 12*time.Second)
	defer cancel()

	parameters, err := structpb.NewStruct(map[string]any{"part_number": "1234"})
	if err != nil {
		return err
	}
	response, err := agentv1.NewAgentServiceClient(channel).Execute(ctx, &agentv1.AgentServiceRequest{
		RequestId:  "example-1",
		Operation:  "get_part_details",
		Parameters: parameters,
		Timeout:    proto.Int32(10),
	})
	if err != nil {
		return err
	}
	if !response.Success {
		return fmt.Errorf("get_part_details: %s", response.GetError())
	}
	part := response.Result.GetStructValue().GetFields()
	fmt.Printf("part %s: %s\n", part["part_number"].GetStringValue(), part["name"].GetStringValue())
	return nil
}

// watch has a workflow accepted, and shows every change of every step.
func watch(target string) error {
	channel, err := dial(target)
	if err != nil {
		return err
	}
	defer channel.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()

	orchestrator := orchestratorv1.NewOrchestratorClient(channel)
	id := uuid.NewString()
	_, err = orchestrator.OrchestrateAsync(ctx, &orchestratorv1.OrchestratorRequest{
		RequestId:   proto.String(id),
		UserRequest: request,
	})
	if err != nil {
		return err
	}
	events, err := orchestrator.WatchWorkflow(ctx, &orchestratorv1.WatchWorkflowRequest{RequestId: id})
	if err != nil {
		return err
	}
	for {
		event, err := events.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if event.StepId != nil {
			fmt.Println(event.Sequence, event.GetStepId(), event.GetStepStatus())
		}
	}
	workflow, err := orchestrator.GetWorkflow(ctx, &orchestratorv1.GetWorkflowRequest{RequestId: id})
	if err != nil {
		return err
	}
	fmt.Println(workflow.GetResult().GetFinalResult())
	if !workflow.GetResult().GetSuccess() {
		return fmt.Errorf("workflow %s did not succeed", id)
	}
	return nil
}
