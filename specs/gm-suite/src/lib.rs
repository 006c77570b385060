//! Algorithm suites of Chinese and international public-key practice behind one set of traits.
