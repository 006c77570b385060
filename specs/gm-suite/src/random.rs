//! Random octets of the operating system: the only source of randomness of this crate, beside the generator inside
//! AWS-LC, which seeds itself from the same place.

/// The operating system gave no random octets. A fault of the machine; nothing that needs a secret can go on.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the operating system gave no random octets")]
pub struct RandomFailure;

/// `N` random octets of the operating system.
///
/// # Errors
/// [`RandomFailure`] if the system has no generator or refuses; never short or weak output.
pub fn random<const N: usize>() -> Result<[u8; N], RandomFailure> {
    let mut octets = [0; N];
    getrandom::fill(&mut octets).map_err(|_| RandomFailure)?;
    Ok(octets)
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_draws_differ() {
        assert_ne!(super::random::<16>(), super::random::<16>());
    }
}
