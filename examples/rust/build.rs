//! Makes the stubs from protos/, with the protoc on the path (or the one that PROTOC names).

fn main() -> Result<(), Box<dyn std::error::Error>> {
    tonic_build::configure().build_server(false).compile(
        &[
            "../../protos/servicelane/agent/v1/agent.proto",
            "../../protos/servicelane/orchestrator/v1/orchestrator.proto",
        ],
        &["../../protos"],
    )?;
    Ok(())
}
