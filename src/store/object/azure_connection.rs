//! A connection string, by which the tools of Azure tell an account, its key and its place at once.

use super::environment::variable;
use super::problem::ObjectProblem;

/// The account that the emulator has.
const EMULATED: &str = "devstoreaccount1";

/// Its key, which the documentation of the emulator tells everybody.
const EMULATED_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// Where it is.
const EMULATOR: &str = "http://127.0.0.1:10000/devstoreaccount1";

/// What a connection string says; nothing where there is none.
#[derive(Default)]
pub(super) struct Connection {
    /// The storage account.
    pub account: Option<String>,
    /// Its key.
    pub key: Option<String>,
    /// A shared access signature.
    pub signature: Option<String>,
    /// Where blobs are.
    pub endpoint: Option<String>,
    /// The end of the service's host name.
    pub suffix: Option<String>,
}

impl Connection {
    /// The variable that holds it.
    pub(super) const VARIABLE: &str = "AZURE_STORAGE_CONNECTION_STRING";

    /// Reads the one of the environment.
    pub(super) fn of_environment() -> Result<Self, ObjectProblem> {
        match variable(Self::VARIABLE) {
            Some(text) => Self::parse(&text),
            None => Ok(Self::default()),
        }
    }

    fn parse(text: &str) -> Result<Self, ObjectProblem> {
        let mut connection = Self::default();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                let told = format!("`{}` is no connection string", Self::VARIABLE);
                return Err(ObjectProblem::setting(told));
            };
            let value = || Some(value.to_owned());
            match name.to_ascii_lowercase().as_str() {
                "accountname" => connection.account = value(),
                "accountkey" => connection.key = value(),
                "sharedaccesssignature" => connection.signature = value(),
                "blobendpoint" => connection.endpoint = value(),
                "endpointsuffix" => connection.suffix = value(),
                "usedevelopmentstorage" => {
                    connection.account = Some(EMULATED.to_owned());
                    connection.key = Some(EMULATED_KEY.to_owned());
                    connection.endpoint = Some(EMULATOR.to_owned());
                }
                _ => {}
            }
        }
        Ok(connection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_says_where_an_account_is_and_what_opens_it() {
        let text = "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=a2V5==;\
                    EndpointSuffix=core.windows.net;";
        let told = Connection::parse(text).unwrap();
        assert_eq!(told.account.as_deref(), Some("acme"));
        assert_eq!(told.key.as_deref(), Some("a2V5=="));
        assert_eq!(told.suffix.as_deref(), Some("core.windows.net"));
        let emulator = Connection::parse("UseDevelopmentStorage=true").unwrap();
        assert_eq!(emulator.endpoint.as_deref(), Some(EMULATOR));
        let signed = "BlobEndpoint=https://acme.blob.example/;SharedAccessSignature=sv=1&sig=a%3D";
        let signed = Connection::parse(signed).unwrap();
        assert_eq!(signed.signature.as_deref(), Some("sv=1&sig=a%3D"));
        let Err(problem) = Connection::parse("hush") else { panic!("accepted") };
        assert!(!problem.told.contains("hush"), "{problem}");
    }
}
