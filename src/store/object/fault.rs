//! What keeps a state in an object store from being used, and the way out.

use crate::failure::FailureCode;
use crate::store::object_url::Platform;

/// A kind of problem with an object store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectFault {
    /// What the environment or `--state` says about the store cannot be used.
    Setting,
    /// There are none.
    NoCredentials,
    /// Whoever hands them out did not.
    CredentialsFailed,
    /// The tool that hands them out does not know how.
    ToolTooOld,
    /// Whoever hands them out has trouble or cannot be reached.
    LenderFailing,
    /// The store does not know them.
    NotAccepted,
    /// They are over.
    Expired,
    /// The store's clock shows another time than this machine's.
    ClockOff,
    /// They do not allow reading.
    Unreadable,
    /// They do not allow writing.
    Unwritable,
    /// The bucket is not there.
    NoBucket,
    /// The bucket is in another region.
    WrongRegion,
    /// The key that the state would be encrypted with cannot be used.
    EncryptionKey,
    /// No request can leave this machine for it.
    Impossible,
    /// It cannot be reached, or did not answer in time.
    Unreachable,
    /// It has a problem of its own.
    Failing,
    /// What is there is larger than any state.
    TooLarge,
    /// It said something that is not understood.
    Unexpected,
    /// It does not say which version of an object it has.
    NoVersion,
    /// It writes whatever the conditions are.
    Unconditional,
    /// It did not write, since what is there is not what was to be replaced.
    NotReplaced,
}

impl ObjectFault {
    /// What is the matter.
    pub const fn told(self, platform: Platform) -> &'static str {
        match self {
            Self::Setting => "the settings for this store cannot be used",
            Self::NoCredentials => "there are no credentials for this store",
            Self::CredentialsFailed | Self::ToolTooOld => {
                "no credentials for this store were handed out"
            }
            Self::LenderFailing => "no credentials for this store can be had at the moment",
            Self::NotAccepted => "the store does not accept these credentials",
            Self::Expired => "the credentials have expired",
            Self::ClockOff => "the clock of this machine is too far from that of the store",
            Self::Unreadable => "these credentials may not read the state",
            Self::Unwritable => "these credentials may not write the state",
            Self::NoBucket => match platform {
                Platform::S3 | Platform::Google => "there is no such bucket",
                Platform::Azure => "there is no such container",
            },
            Self::WrongRegion => "the bucket is in another region",
            Self::EncryptionKey => "the store cannot use the encryption key",
            Self::Impossible => "no request can be sent to the store",
            Self::Unreachable => "the store cannot be reached",
            Self::Failing => "the store has a problem",
            Self::TooLarge => "the object is larger than any state",
            Self::Unexpected => "the store's answer is not understood",
            Self::NoVersion => "the store does not tell versions of an object apart",
            Self::Unconditional => {
                "the store ignores the conditions of a write, so two runs could both proceed"
            }
            Self::NotReplaced => "another run wrote this state",
        }
    }

    /// The code that scripts tell it by.
    pub const fn code(self) -> FailureCode {
        match self {
            Self::Setting | Self::NoBucket | Self::WrongRegion => FailureCode::StateNoStore,
            Self::NoCredentials
            | Self::CredentialsFailed
            | Self::ToolTooOld
            | Self::NotAccepted
            | Self::Expired
            | Self::ClockOff
            | Self::Unreadable
            | Self::Unwritable
            | Self::EncryptionKey => FailureCode::StateDenied,
            Self::LenderFailing
            | Self::Impossible
            | Self::Unreachable
            | Self::Failing
            | Self::Unexpected => FailureCode::StateUnreachable,
            Self::TooLarge => FailureCode::StateTooLarge,
            Self::NoVersion | Self::Unconditional => FailureCode::StateUnsafe,
            Self::NotReplaced => FailureCode::Locked,
        }
    }

    /// Whether another try may end in another way.
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::LenderFailing | Self::Unreachable | Self::Failing | Self::NotReplaced)
    }

    /// The remedy.
    pub const fn help(self, platform: Platform) -> &'static str {
        match self {
            Self::Setting => "correct that variable or option",
            Self::NoCredentials => no_credentials(platform),
            Self::CredentialsFailed => not_lent(platform),
            Self::ToolTooOld => {
                "install AWS CLI 2.13 or newer, or set `AWS_ACCESS_KEY_ID` and \
                 `AWS_SECRET_ACCESS_KEY`"
            }
            Self::LenderFailing => "check the network, and try again later",
            Self::NotAccepted => "check the credentials: `-v` shows where they come from",
            Self::Expired => expired(platform),
            Self::ClockOff => "set the clock, for instance with NTP, and try again",
            Self::Unreadable => unreadable(platform),
            Self::Unwritable => match platform {
                Platform::S3 => {
                    "allow `s3:PutObject` on the objects below the prefix, and with SSE-KMS \
                     `kms:GenerateDataKey` and `kms:Decrypt` on the key"
                }
                Platform::Google => {
                    "give them the role Storage Object User on the bucket, or \
                     `storage.objects.create` and `storage.objects.delete` to replace a state"
                }
                Platform::Azure => {
                    "give them the role Storage Blob Data Contributor on the container; a SAS needs \
                     the permissions `r`, `c` and `w`"
                }
            },
            Self::NoBucket => match platform {
                Platform::S3 | Platform::Google => {
                    "create the bucket, with versioning, or correct `--state`"
                }
                Platform::Azure => {
                    "create the container, or correct `--state` and the storage account"
                }
            },
            Self::WrongRegion => {
                "name the bucket's region: `?region=REGION` at the end of `--state`, or `AWS_REGION`"
            }
            Self::EncryptionKey => {
                "check `kms_key_id`: the key has to be enabled, in the bucket's region, and usable \
                 with these credentials"
            }
            Self::Impossible => "fix that and try again",
            Self::Unreachable => {
                "check the network and the endpoint; a store without TLS is reached only on this \
                 machine, as in `http://localhost:9000`"
            }
            Self::Failing => "try again later",
            Self::TooLarge => "check what the object contains, or correct `--state`",
            Self::Unexpected => {
                "check the endpoint: something else may have answered in the store's place"
            }
            Self::NoVersion | Self::Unconditional => {
                "keep the state in another store (Amazon S3, Google Cloud \
                 Storage, Azure, Cloudflare R2 and MinIO heed conditions), or with `git:`"
            }
            Self::NotReplaced => "run the same command again",
        }
    }
}

const fn no_credentials(platform: Platform) -> &'static str {
    match platform {
        Platform::S3 => {
            "set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or sign in with the `aws` command \
             and name the profile in `AWS_PROFILE`; in a job use its OIDC role"
        }
        Platform::Google => {
            "run `gcloud auth application-default login`, or name a credentials file in \
             `GOOGLE_APPLICATION_CREDENTIALS`"
        }
        Platform::Azure => {
            "run `az login`, or set `AZURE_STORAGE_KEY`, `AZURE_STORAGE_SAS_TOKEN`, or \
             `AZURE_CLIENT_ID` and `AZURE_TENANT_ID` with `AZURE_FEDERATED_TOKEN_FILE`"
        }
    }
}

const fn not_lent(platform: Platform) -> &'static str {
    match platform {
        Platform::S3 => {
            "check that whoever asks may have them: the role's trust policy, or the profile"
        }
        Platform::Google => {
            "sign in again with `gcloud auth application-default login`, or check the file that \
             `GOOGLE_APPLICATION_CREDENTIALS` names"
        }
        Platform::Azure => {
            "sign in again with `az login`, or check the application and its federated credential"
        }
    }
}

const fn expired(platform: Platform) -> &'static str {
    match platform {
        Platform::S3 => {
            "sign in again (`aws sso login`), or renew the credentials that the job was given"
        }
        Platform::Google => {
            "sign in again (`gcloud auth application-default login`), or renew the credentials that \
             the job was given"
        }
        Platform::Azure => {
            "sign in again (`az login`), or renew the shared access signature or the token that the \
             job was given"
        }
    }
}

const fn unreadable(platform: Platform) -> &'static str {
    match platform {
        Platform::S3 => {
            "allow `s3:GetObject` on the objects below the prefix and `s3:ListBucket` on the bucket: \
             without the latter S3 says the same of a state that is not there yet"
        }
        Platform::Google => "give them the role Storage Object User on the bucket",
        Platform::Azure => {
            "give them the role Storage Blob Data Contributor on the container; a SAS needs the \
             permission `r`"
        }
    }
}
