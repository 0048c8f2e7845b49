//! Calls ServiceLane over gRPC: an operation of an agent, then a workflow whose steps are watched.
//!
//!     cargo run --manifest-path examples/rust/Cargo.toml --target-dir build/examples/rust

use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use prost_types::value::Kind;
use prost_types::{Struct, Value};
use servicelane::agent::v1::agent_service_client::AgentServiceClient;
use servicelane::agent::v1::AgentServiceRequest;
use servicelane::orchestrator::v1::orchestrator_client::OrchestratorClient;
use servicelane::orchestrator::v1::{
    GetWorkflowRequest, OrchestratorRequest, StepStatus, WatchWorkflowRequest, WorkflowEvent,
};
use tonic::transport::{Channel, Endpoint};
use tonic::Request;

/// The stubs, in modules as the packages of the .proto files are.
mod servicelane {
    pub mod agent {
        pub mod v1 {
            tonic::include_proto!("servicelane.agent.v1");
        }
    }
    pub mod orchestrator {
        pub mod v1 {
            tonic::include_proto!("servicelane.orchestrator.v1");
        }
    }
}

const REQUEST: &str = "Add part number 1234 to RO number 1234, and send payment link of 100$ to \
                       ambujmehra16@gmail.com";

/// Connects to the target that a variable names; tonic wants it as a URL.
async fn connect(variable: &str, otherwise: &str) -> Result<Channel, tonic::transport::Error> {
    let target = std::env::var(variable).unwrap_or_else(|_| otherwise.to_string());
    Endpoint::from_shared(format!("http://{target}"))?
        .connect()
        .await
}

fn within<T>(seconds: u64, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(Duration::from_secs(seconds));
    request
}

fn string(text: &str) -> Value {
    Value {
        kind: Some(Kind::StringValue(text.to_string())),
    }
}

/// A field of a Struct that is text; "" where it is not.
fn text<'a>(fields: &'a BTreeMap<String, Value>, name: &str) -> &'a str {
    match fields.get(name).and_then(|value| value.kind.as_ref()) {
        Some(Kind::StringValue(text)) => text,
        _ => "",
    }
}

/// One operation of one agent.
async fn execute() -> Result<(), Box<dyn Error>> {
    let channel = connect("PARTS_TARGET", "localhost:50085").await?;
    let parameters = Struct {
        fields: BTreeMap::from([("part_number".to_string(), string("1234"))]),
    };
    let request = AgentServiceRequest {
        request_id: "example-1".to_string(),
        operation: "get_part_details".to_string(),
        parameters: Some(parameters),
        timeout: Some(10),
        ..Default::default()
    };
    let response = AgentServiceClient::new(channel)
        .execute(within(12, request))
        .await?
        .into_inner();
    if !response.success {
        return Err(format!("get_part_details: {}", response.error()).into());
    }
    match response.result.and_then(|value| value.kind) {
        Some(Kind::StructValue(part)) => {
            let (number, name) = (
                text(&part.fields, "part_number"),
                text(&part.fields, "name"),
            );
            println!("part {number}: {name}");
            Ok(())
        }
        other => Err(format!("get_part_details: an object is wanted, this is {other:?}").into()),
    }
}

fn show(event: &WorkflowEvent) {
    if let Some(step_id) = &event.step_id {
        let status = StepStatus::from_i32(event.step_status.unwrap_or_default());
        let name = status.unwrap_or_default().as_str_name();
        println!("{} {step_id} {name}", event.sequence);
    }
}

/// A workflow: accepted at once, then every change of every step.
async fn watch() -> Result<(), Box<dyn Error>> {
    let channel = connect("ORCHESTRATOR_TARGET", "localhost:50086").await?;
    let mut orchestrator = OrchestratorClient::new(channel);
    let request_id = uuid::Uuid::new_v4().to_string();
    let request = OrchestratorRequest {
        request_id: Some(request_id.clone()),
        user_request: REQUEST.to_string(),
        ..Default::default()
    };
    orchestrator.orchestrate_async(within(10, request)).await?;
    let request = WatchWorkflowRequest {
        request_id: request_id.clone(),
        ..Default::default()
    };
    let mut events = orchestrator
        .watch_workflow(within(60, request))
        .await?
        .into_inner();
    while let Some(event) = events.message().await? {
        show(&event);
    }
    let request = GetWorkflowRequest { request_id };
    let workflow = orchestrator
        .get_workflow(within(10, request))
        .await?
        .into_inner();
    let result = workflow.result.ok_or("the workflow has no result")?;
    println!("{}", result.final_result);
    if !result.success {
        return Err("the workflow did not succeed".into());
    }
    Ok(())
}

async fn run() -> Result<(), Box<dyn Error>> {
    execute().await?;
    watch().await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            match error.source() {
                Some(cause) => eprintln!("{error}: {cause}"),
                None => eprintln!("{error}"),
            }
            ExitCode::FAILURE
        }
    }
}
