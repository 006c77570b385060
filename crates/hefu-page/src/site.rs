//! Whose pages they are.

/// What pages say of the operator.
#[derive(Clone, Debug)]
pub struct Site {
    /// The operator's name.
    pub name: String,
    /// Where the service is reached.
    pub public_url: String,
}
