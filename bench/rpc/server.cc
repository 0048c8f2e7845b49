// The service that bench/rpc measures, by gRPC's asynchronous C++ API: one thread, one completion
// queue, as lib/rpc has it. Execute answers with a Struct built from the request's.
#include <cstdio>
#include <memory>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "servicelane/agent/v1/agent.grpc.pb.h"

namespace
{

namespace agent = servicelane::agent::v1;

// Faster than one, and than messages on an arena for each call: both were tried.
constexpr int kWaitingCalls = 100;

// Strings are moved, not copied.
void Answer(agent::AgentServiceRequest *request, agent::AgentServiceResponse *response)
{
    response->set_request_id(std::move(*request->mutable_request_id()));
    response->set_success(true);
    auto *fields = response->mutable_result()->mutable_struct_value()->mutable_fields();
    for (auto &[key, value] : *request->mutable_parameters()->mutable_fields())
        (*fields)[key] = std::move(value);
}

// A call from before its arrival until it was answered.
class Call
{
  public:
    Call(agent::AgentService::AsyncService *service, grpc::ServerCompletionQueue *queue)
        : service_(service), queue_(queue), writer_(&context_)
    {
        service_->RequestExecute(&context_, &request_, &writer_, queue_, queue_, this);
    }

    void Proceed(bool ok)
    {
        if (!ok || is_answered_) {
            delete this;
            return;
        }
        new Call(service_, queue_);
        is_answered_ = true;
        Answer(&request_, &response_);
        writer_.Finish(response_, grpc::Status::OK, this);
    }

  private:
    agent::AgentService::AsyncService *service_;
    grpc::ServerCompletionQueue *queue_;
    agent::AgentServiceRequest request_;
    agent::AgentServiceResponse response_;
    grpc::ServerContext context_;
    grpc::ServerAsyncResponseWriter<agent::AgentServiceResponse> writer_;
    bool is_answered_ = false;
};

} // namespace

int main()
{
    agent::AgentService::AsyncService service;
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service);
    std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();
    std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (server == nullptr) {
        std::fprintf(stderr, "bench-rpc-cc: cannot listen on 127.0.0.1\n");
        return 1;
    }
    std::printf("%d\n", port);
    std::fflush(stdout);

    for (int i = 0; i < kWaitingCalls; i++)
        new Call(&service, queue.get());
    void *tag = nullptr;
    bool ok = false;
    while (queue->Next(&tag, &ok))
        static_cast<Call *>(tag)->Proceed(ok);
    return 0;
}
