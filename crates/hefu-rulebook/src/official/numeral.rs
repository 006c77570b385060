//! Chinese numerals as headings write them: 一 to 九千九百九十九, and the same in digits.

/// The largest number that can be read or written.
pub(super) const MAX: u16 = 9_999;

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// Whether a heading's number may hold this character.
pub(super) const fn is_numeral(c: char) -> bool {
    matches!(c, '零' | '〇' | '○' | '两' | '十' | '百' | '千' | '0'..='9' | '０'..='９') || digit(c).is_some()
}

const fn digit(c: char) -> Option<u16> {
    Some(match c {
        '零' | '〇' | '○' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

/// Reads a number from 1 to [`MAX`]; `None` for anything that is not written as one.
pub(super) fn read(text: &str) -> Option<u16> {
    let number = if text.chars().all(|c| c.is_ascii_digit() || ('０'..='９').contains(&c)) {
        read_digits(text)?
    } else {
        read_words(text)?
    };
    (1..=MAX).contains(&number).then_some(number)
}

fn read_digits(text: &str) -> Option<u16> {
    text.chars().try_fold(0_u16, |number, c| {
        let value = if c.is_ascii_digit() {
            u32::from(c) - u32::from('0')
        } else {
            u32::from(c).checked_sub(u32::from('０'))?
        };
        number.checked_mul(10)?.checked_add(u16::try_from(value).ok()?)
    })
}

fn read_words(text: &str) -> Option<u16> {
    let (mut number, mut pending, mut place_before) = (0_u16, None, 10_000_u16);
    for c in text.chars() {
        let place = match c {
            '千' => 1_000,
            '百' => 100,
            '十' => 10,
            _ => {
                let value = digit(c)?;
                // 一百零五: the nought holds an empty place and carries no value. Two digits in a row are no numeral.
                if pending.is_some_and(|before| before != 0) {
                    return None;
                }
                pending = Some(value);
                continue;
            }
        };
        if place >= place_before {
            return None;
        }
        // 十五 has no digit before its ten; and 一百零十五 is sometimes written, with nought before it.
        let times = match pending.take() {
            None | Some(0) if place == 10 => 1,
            None | Some(0) => return None,
            Some(times) => times,
        };
        number += times * place;
        place_before = place;
    }
    Some(number + pending.unwrap_or(0))
}

/// Writes a number up to [`MAX`] as headings do: 十, 一百零五, 一百一十.
pub(super) fn write(number: u16) -> String {
    let mut words = String::new();
    let mut gap = false;
    for (place, name) in [(1_000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let times = number / place % 10;
        if times == 0 {
            gap = !words.is_empty();
            continue;
        }
        if gap {
            words.push('零');
            gap = false;
        }
        if !(place == 10 && times == 1 && number < 20) {
            words.extend(DIGITS.get(usize::from(times)));
        }
        words.push_str(name);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_of_headings_are_read() {
        for (text, number) in [
            ("一", Some(1)),
            ("十", Some(10)),
            ("十五", Some(15)),
            ("二十", Some(20)),
            ("四十三", Some(43)),
            ("一百", Some(100)),
            ("一百零五", Some(105)),
            ("一百〇五", Some(105)),
            ("一百一十", Some(110)),
            ("一百二十", Some(120)),
            ("一千二百六十", Some(1260)),
            ("九千九百九十九", Some(9999)),
            ("12", Some(12)),
            ("１２", Some(12)),
            ("零", None),
            ("", None),
            ("0", None),
            ("10000", None),
            ("十百", None),
            ("百", None),
            ("一二", None),
            ("十十", None),
            ("一1", None),
        ] {
            assert_eq!(read(text), number, "{text}");
        }
    }

    #[test]
    fn every_number_that_is_written_is_read_again() {
        for number in 1..=MAX {
            assert_eq!(read(&write(number)), Some(number), "{}", write(number));
        }
        assert_eq!(write(120), "一百二十");
        assert_eq!(write(105), "一百零五");
        assert_eq!(write(1005), "一千零五");
        assert_eq!(write(115), "一百一十五");
    }
}
