package servicelane.example;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import servicelane.agent.v1.Agent.AgentServiceRequest;
import servicelane.agent.v1.Agent.AgentServiceResponse;
import servicelane.agent.v1.AgentServiceGrpc;
import servicelane.orchestrator.v1.OrchestratorGrpc;
import servicelane.orchestrator.v1.OrchestratorGrpc.OrchestratorBlockingStub;
import servicelane.orchestrator.v1.OrchestratorOuterClass.GetWorkflowRequest;
import servicelane.orchestrator.v1.OrchestratorOuterClass.OrchestratorRequest;
import servicelane.orchestrator.v1.OrchestratorOuterClass.OrchestratorResponse;
import servicelane.orchestrator.v1.OrchestratorOuterClass.WatchWorkflowRequest;

/** Calls ServiceLane over gRPC: an operation of an agent, then a workflow whose steps are watched. */
public final class Example {
    private static final String REQUEST =
            "Add part number 1234 to RO number 1234, and send payment link of 100$ to "
                    + "ambujmehra16@gmail.com";

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] arguments) {
        Example example = new Example();
        boolean isSuccess = false;
        try {
            isSuccess = example.execute(target("PARTS_TARGET", "localhost:50085"))
                    && example.watch(target("ORCHESTRATOR_TARGET", "localhost:50086"));
        } catch (StatusRuntimeException error) {
            Throwable cause = error.getCause() == null ? error : error.getCause();
            System.err.println(error.getStatus().getCode() + ": " + cause.getMessage());
        }
        System.exit(isSuccess ? 0 : 1);
    }

    private static String target(String variable, String otherwise) {
        String value = System.getenv(variable);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    private static ManagedChannel connect(String target) {
        return Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()).build();
    }

    private static <T extends AbstractStub<T>> T within(int seconds, T stub) {
        return stub.withDeadlineAfter(seconds, TimeUnit.SECONDS);
    }

    /** One operation of one agent. */
    private boolean execute(String target) {
        ManagedChannel channel = connect(target);
        try {
            Value number = Value.newBuilder().setStringValue("1234").build();
            AgentServiceRequest request = AgentServiceRequest.newBuilder()
                    .setRequestId("example-1")
                    .setOperation("get_part_details")
                    .setParameters(Struct.newBuilder().putFields("part_number", number))
                    .setTimeout(10)
                    .build();
            AgentServiceResponse response =
                    within(12, AgentServiceGrpc.newBlockingStub(channel)).execute(request);
            if (!response.getSuccess()) {
                System.err.println("get_part_details: " + response.getError());
                return false;
            }
            Map<String, Value> part = response.getResult().getStructValue().getFieldsMap();
            out.printf("part %s: %s%n", part.get("part_number").getStringValue(),
                    part.get("name").getStringValue());
            return true;
        } finally {
            channel.shutdownNow();
        }
    }

    /** A workflow: accepted at once, then every change of every step. */
    private boolean watch(String target) {
        ManagedChannel channel = connect(target);
        try {
            OrchestratorBlockingStub orchestrator = OrchestratorGrpc.newBlockingStub(channel);
            String requestId = UUID.randomUUID().toString();
            within(10, orchestrator).orchestrateAsync(OrchestratorRequest.newBuilder()
                    .setRequestId(requestId)
                    .setUserRequest(REQUEST)
                    .build());
            within(60, orchestrator)
                    .watchWorkflow(WatchWorkflowRequest.newBuilder().setRequestId(requestId).build())
                    .forEachRemaining(event -> {
                        if (event.hasStepId()) {
                            out.printf("%d %s %s%n", event.getSequence(), event.getStepId(),
                                    event.getStepStatus());
                        }
                    });
            OrchestratorResponse result = within(10, orchestrator)
                    .getWorkflow(GetWorkflowRequest.newBuilder().setRequestId(requestId).build())
                    .getResult();
            out.println(result.getFinalResult());
            return result.getSuccess();
        } finally {
            channel.shutdownNow();
        }
    }
}
