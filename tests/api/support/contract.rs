//! `openapi.yaml` as a judge: what was asked, and how it was answered, must stand there.
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, OnceLock},
};

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

use super::Answer;

const URI: &str = "urn:nobel21:contract";
/// Headers that an answer has only when there is something to say in them.
const SOMETIMES: [&str; 3] = ["link", "content-disposition", "nobel21-as-of"];

/// The contract.
pub struct Contract {
    document: Value,
    registry: Registry<'static>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// One operation of the contract.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operation {
    /// `GET`.
    pub method: String,
    /// `/rooms/{slug}`.
    pub template: String,
    /// Its `operationId`.
    pub id: String,
}

/// The contract, read once in this process.
pub fn contract() -> &'static Contract {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    CONTRACT.get_or_init(|| {
        let document: Value = serde_norway::from_str(include_str!("../../../openapi.yaml")).expect("openapi.yaml is YAML");
        let registry = Registry::new().add(URI, document.clone()).unwrap().prepare().unwrap();
        Contract { document, registry, validators: Mutex::default() }
    })
}

/// The path on the wire: the contract's server in front, unless it is there already.
pub fn full_path(path: &str) -> String {
    let bare = path.split('?').next().unwrap_or("");
    let at_root = contract().document["paths"][bare]["servers"][0]["url"] == "/";
    if at_root || bare.starts_with("/api/") { path.to_owned() } else { format!("/api/v1{path}") }
}

/// Panics unless the contract knows what was asked and allows the answer.
#[track_caller]
pub fn check(method: &str, path: &str, sent: Option<&[u8]>, answer: &Answer, by_contract: bool) {
    let faults = contract().faults(method, path, sent, answer, by_contract);
    assert!(faults.is_empty(), "{method} {path} is not as openapi.yaml says:\n  {}\n{answer:?}", faults.join("\n  "));
}

impl Contract {
    /// All operations, in the order of their paths.
    pub fn operations(&self) -> Vec<Operation> {
        let mut all = vec![];
        for (template, item) in self.document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                if let Some(id) = operation["operationId"].as_str() {
                    all.push(Operation { method: method.to_uppercase(), template: template.clone(), id: id.to_owned() });
                }
            }
        }
        all.sort();
        all
    }

    /// The operation that a request means. A path that is written out wins over one with a parameter.
    pub fn operation(&self, method: &str, path: &str) -> Option<Operation> {
        let bare = path.split('?').next()?;
        let bare = bare.strip_prefix("/api/v1").unwrap_or(bare);
        let method = if method == "HEAD" { "GET" } else { method };
        self.operations()
            .into_iter()
            .filter(|operation| operation.method == method && fits(&operation.template, bare))
            .min_by_key(|operation| operation.template.matches('{').count())
    }

    /// What the contract says of an operation.
    pub fn details(&self, operation: &Operation) -> &Value {
        &self.document["paths"][&operation.template][operation.method.to_lowercase()]
    }

    /// Follows a `$ref`, if it is one; gives the JSON pointer too.
    pub fn resolve<'a>(&'a self, value: &'a Value, pointer: String) -> (&'a Value, String) {
        match value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
            Some(target) => (self.document.pointer(target).unwrap_or_else(|| panic!("openapi.yaml has no #{target}")), target.to_owned()),
            None => (value, pointer),
        }
    }

    fn faults(&self, method: &str, path: &str, sent: Option<&[u8]>, answer: &Answer, by_contract: bool) -> Vec<String> {
        let mut faults = vec![];
        if answer.header("x-request-id").is_empty() {
            faults.push("X-Request-Id is missing".into());
        }
        if answer.status >= 400 && method != "HEAD" {
            self.judge_problem(answer, &mut faults);
        }
        let Some(operation) = self.operation(method, path) else {
            if by_contract {
                faults.push("it is not in the contract (a test that means it calls off_contract())".into());
            }
            return faults;
        };
        let status = answer.status.to_string();
        let details = self.details(&operation);
        let pointer = format!("/paths/{}/{}", escape(&operation.template), operation.method.to_lowercase());
        let (response, pointer_of_response) = self.resolve(&details["responses"][&status], format!("{pointer}/responses/{status}"));
        if response.is_null() {
            // True of every path, and said once for all: a wrong method, and what has a tag and has not changed.
            let unchanged = answer.status == 304 && !details["responses"]["200"]["headers"]["ETag"].is_null();
            if answer.status != 405 && !unchanged && by_contract {
                faults.push(format!("{} does not document the status {status}", operation.id));
            }
            return faults;
        }
        for header in response["headers"].as_object().into_iter().flat_map(|all| all.keys()) {
            if !SOMETIMES.contains(&header.to_lowercase().as_str()) && answer.header(header).is_empty() {
                faults.push(format!("the header {header} is documented and missing"));
            }
        }
        if method != "HEAD" {
            self.judge_body(response, &pointer_of_response, answer, &mut faults);
        }
        if (200..300).contains(&answer.status) {
            self.judge_request(details, &pointer, path, sent, &mut faults);
        }
        faults
    }

    fn judge_problem(&self, answer: &Answer, faults: &mut Vec<String>) {
        if answer.header("content-type") != "application/problem+json" {
            faults.push(format!("a refusal is application/problem+json, not {:?}", answer.header("content-type")));
            return;
        }
        self.judge("/components/schemas/Problem", &answer.json, "the problem", faults);
        if answer.json["status"] != answer.status {
            faults.push("the problem's status is not the answer's".into());
        }
        if answer.json["request_id"] != answer.header("x-request-id") {
            faults.push("the problem's request_id is not the header's".into());
        }
        if !["sv", "en"].contains(&answer.header("content-language")) {
            faults.push("a refusal says its Content-Language".into());
        }
    }

    fn judge_body(&self, response: &Value, pointer: &str, answer: &Answer, faults: &mut Vec<String>) {
        let documented = response["content"].as_object();
        let media_type = answer.header("content-type").split(';').next().unwrap_or("").trim().to_lowercase();
        match documented {
            None => {
                if !answer.bytes.is_empty() {
                    faults.push("no body is documented, and there is one".into());
                }
            }
            Some(documented) => match documented.get(&media_type) {
                None => faults.push(format!("the media type {media_type:?} is not documented")),
                Some(content) if media_type.ends_with("json") && !content["schema"].is_null() => {
                    let schema = format!("{pointer}/content/{}/schema", escape(&media_type));
                    self.judge(&schema, &answer.json, "the body", faults);
                }
                Some(_) => {}
            },
        }
    }

    /// What the service took must be what the contract lets clients send.
    fn judge_request(&self, details: &Value, pointer: &str, path: &str, sent: Option<&[u8]>, faults: &mut Vec<String>) {
        if let Some(sent) = sent.filter(|sent| !sent.is_empty()) {
            let (body, pointer) = self.resolve(&details["requestBody"], format!("{pointer}/requestBody"));
            if body.is_null() {
                faults.push("a body was taken, and none is documented".into());
            } else if !body["content"]["application/json"].is_null() {
                let value: Value = match serde_json::from_slice(sent) {
                    Err(_) if body["content"].as_object().is_some_and(|types| types.len() > 1) => return,
                    read => read.unwrap_or(Value::Null),
                };
                self.judge(&format!("{pointer}/content/application~1json/schema"), &value, "the body that was taken", faults);
            }
        }
        let known: BTreeSet<&str> = details["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| self.resolve(parameter, String::new()).0)
            .filter(|parameter| parameter["in"] == "query")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        let query = path.split_once('?').map_or("", |(_, query)| query);
        for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
            if !known.contains(&*name) {
                faults.push(format!("the query parameter {name:?} was taken and is not documented"));
            }
        }
    }

    /// Checks a value against the schema at this place of the document.
    pub fn judge(&self, pointer: &str, value: &Value, what: &str, faults: &mut Vec<String>) {
        for error in self.validator(pointer).iter_errors(value) {
            let place = error.instance_path().to_string();
            let place = if place.is_empty() { "/".into() } else { place };
            faults.push(format!("{what} at {place}: {error}"));
        }
    }

    fn validator(&self, pointer: &str) -> Arc<Validator> {
        let mut validators = self.validators.lock().unwrap();
        let made = validators.entry(pointer.to_owned()).or_insert_with(|| {
            let fragment = pointer.replace('{', "%7B").replace('}', "%7D");
            let made = jsonschema::options()
                .with_draft(Draft::Draft202012)
                .with_registry(&self.registry)
                .should_validate_formats(true)
                .build(&json!({"$ref": format!("{URI}#{fragment}")}));
            Arc::new(made.unwrap_or_else(|error| panic!("the schema at {pointer}: {error}")))
        });
        Arc::clone(made)
    }
}

fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

fn fits(template: &str, path: &str) -> bool {
    let (wanted, given): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    let one = |(wanted, given): (&&str, &&str)| wanted == given || (wanted.starts_with('{') && !given.is_empty());
    wanted.len() == given.len() && wanted.iter().zip(&given).all(one)
}
