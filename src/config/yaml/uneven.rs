//! Keys that were meant to stand side by side and begin in different columns, as after taking the
//! `#` off some lines, and the `#` and its space off others.

/// The line, from 1, of the key beside which the key in a line was meant to stand; `None` where its
/// indentation is no mistake, or not this one.
pub(super) fn beside(text: &str, line: usize) -> Option<usize> {
    let lines: Vec<&str> = text.lines().take(line).collect();
    let (indent, _) = key(lines.get(line.checked_sub(1)?)?)?;
    let above = lines[..line - 1].iter().enumerate().rev();
    let mut keys = above.filter_map(|(at, text)| Some((at + 1, key(text)?))).peekable();
    let (nearest, (column, value)) = *keys.peek()?;
    if column < indent {
        // Below a key that has its value already nothing can go on further in.
        let is_complete = value.starts_with(|first: char| first.is_ascii_alphanumeric());
        return (is_complete && nearest + 1 == line).then_some(nearest);
    }
    let mut sibling = None;
    for (at, (column, _)) in keys {
        if column == indent {
            return None;
        }
        if column < indent {
            break;
        }
        sibling = Some(at);
    }
    sibling
}

/// How far in the key of a line stands, and what follows its colon.
fn key(line: &str) -> Option<(usize, &str)> {
    let rest = line.trim_start_matches(' ');
    let (name, value) = rest.split_once(':')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let is_key = is_name && (value.is_empty() || value.starts_with(' '));
    is_key.then_some((line.len() - rest.len(), value.trim()))
}

/// What is told about such a key.
pub(super) fn wording(sibling: usize) -> (String, &'static str) {
    (
        format!("this key starts in a different column than the one on line {sibling}"),
        "keys of one section start in the same column: when you uncomment lines, remove the same \
         `# ` from each of them",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_found_beside_which_another_was_meant_to_stand() {
        for (text, line, expected) in [
            ("instance:\n hibp: true\n  test_mode: true\n", 3, Some(2)),
            ("instance:\n  hibp: true\n test_mode: true\n", 3, Some(2)),
            (" instance:\n   hibp: true\nrestrictions:\n", 3, Some(1)),
            ("instance:\n  hibp: true\n# x\n    test_mode: true\n", 4, None),
            ("instance:\n  hibp: true\n  test_mode: a: b\n", 3, None),
            ("instance:\n  hibp: [\n    a: b\n", 3, None),
            ("instance:\n  hibp:\n    a: b\n", 3, None),
            ("instance:\n", 1, None),
            ("- a\n", 1, None),
        ] {
            assert_eq!(beside(text, line), expected, "{text:?}");
        }
    }
}
