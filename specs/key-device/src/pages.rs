//! Working memory of Argon2 in pages of its own.
//!
//! An allocator keeps what was given back to it, here 19 MiB for each device that is unlocked once at the start. Pages
//! go back to the system when they are dropped, which wipes them before anybody else gets them.

use argon2::Block;
use memmap2::MmapMut;

/// Zeroed blocks.
pub(crate) struct Pages {
    mapping: MmapMut,
    blocks: usize,
}

impl Pages {
    /// Room for so many blocks; `None` when the system has none.
    pub(crate) fn of(blocks: usize) -> Option<Self> {
        let octets = blocks.checked_mul(size_of::<Block>())?;
        let mapping = MmapMut::map_anon(octets).ok()?;
        Some(Self { mapping, blocks })
    }
}

impl AsMut<[Block]> for Pages {
    #[expect(unsafe_code, reason = "an argon2::Block has no safe view of octets")]
    #[expect(
        clippy::cast_ptr_alignment,
        reason = "a mapping begins at a page, a block asks for 64 octets"
    )]
    fn as_mut(&mut self) -> &mut [Block] {
        let first = self.mapping.as_mut_ptr().cast::<Block>();
        // SAFETY: the mapping is ours alone, begins at a page, is as long as `blocks` blocks (see `of`) and is borrowed for
        // as long as the slice lives; a block is an array of integers, for which every bit pattern is valid.
        unsafe { std::slice::from_raw_parts_mut(first, self.blocks) }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_zero_and_can_be_written() {
        let mut pages = Pages::of(1000).unwrap();
        let blocks = pages.as_mut();
        assert_eq!(blocks.len(), 1000);
        for block in &mut *blocks {
            assert!(block.as_ref().iter().all(|word| *word == 0));
            block.as_mut().fill(u64::MAX);
        }
        assert!(
            blocks
                .iter()
                .all(|block| block.as_ref().iter().all(|word| *word == u64::MAX))
        );
    }

    #[test]
    fn more_than_can_be_addressed_is_refused() {
        assert!(Pages::of(usize::MAX).is_none());
    }
}
