//! Which targets an entry of a page is about, in as few characters as the script needs.

use crate::render::text::words::add;

/// Numbers in ascending order as ranges: "0-3,7".
pub fn ranges(numbers: &[usize]) -> String {
    let mut out = String::new();
    let mut rest = numbers.iter().copied().peekable();
    while let Some(first) = rest.next() {
        let mut last = first;
        while let Some(next) = rest.next_if(|next| *next == last + 1) {
            last = next;
        }
        let comma = if out.is_empty() { "" } else { "," };
        if first == last {
            add(&mut out, format_args!("{comma}{first}"));
        } else {
            add(&mut out, format_args!("{comma}{first}-{last}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_follow_each_other_are_a_range() {
        for (numbers, expected) in
            [(&[][..], ""), (&[4], "4"), (&[0, 1], "0-1"), (&[0, 2, 3, 4, 9], "0,2-4,9")]
        {
            assert_eq!(ranges(numbers), expected);
        }
    }
}
