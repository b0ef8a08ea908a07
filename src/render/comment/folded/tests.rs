use super::*;

fn block(name: &str, lines: Vec<FenceLine>) -> Block {
    let settings = lines.iter().filter(|line| line.tie == Tie::Start).count();
    let fence =
        Fence { language: "diff", head: Some("# PATCH /".to_owned()), lines, noun: "setting" };
    Block {
        markers: vec![format!("<!-- {name} -->")],
        opened: Opened::No,
        summary: name.to_owned(),
        parts: vec![Part::Prose("about".to_owned()), Part::Fence(fence)],
        targets: 1,
        settings,
    }
}

fn settings(name: &str, number: usize) -> Block {
    let pair = |number| {
        [
            FenceLine::start(format!("- {name} {number}")),
            FenceLine::rest(format!("+ {name} {number}")),
        ]
    };
    block(name, (0..number).flat_map(pair).collect())
}

#[test]
fn what_fits_is_left_alone() {
    assert_eq!(
        fit(vec![settings("a", 1)], 500),
        "\n<!-- a -->\n\n<details>\n<summary>a</summary>\n\nabout\n\n```diff\n# PATCH /\n- a 0\n\
         + a 0\n```\n\n</details>\n"
    );
}

#[test]
fn a_long_block_loses_whole_settings_in_its_middle() {
    for room in 300..400 {
        let shown = fit(vec![settings("a", 1_000)], room);
        assert!(length(&shown) <= room);
        assert!(shown.contains("# PATCH /\n"));
        let (before, after) = (shown.matches("\n- a ").count(), shown.matches("\n+ a ").count());
        assert_eq!(before, after);
        let note = format!("# … {} settings left out …", 1_000 - before);
        assert!(shown.contains(&note), "{shown}");
    }
}

#[test]
fn a_long_list_loses_entries_and_keeps_its_name() {
    let mut lines = vec![FenceLine::start("! list".to_owned())];
    lines.extend((0..1_000).map(|number| FenceLine::entry(format!("+   {number}"))));
    let shown = fit(vec![block("a", lines.clone())], 600);
    let kept = shown.matches("+   ").count();
    assert!(shown.contains("! list\n+   0\n") && shown.contains("+   999\n"), "{shown}");
    assert!(shown.contains(&format!("# … {} entries left out …", 1_000 - kept)), "{shown}");
    // A second list and what is behind it stay, each list with its own note.
    lines.extend(lines.clone());
    lines.push(FenceLine::start("+ last".to_owned()));
    let shown = fit(vec![block("a", lines.clone())], 600);
    assert!(length(&shown) <= 600 && shown.contains("\n+ last\n"), "{shown}");
    let kept = shown.matches("+   ").count();
    assert_eq!(kept % 2, 0, "{shown}");
    let note = format!("# … {} entries left out …", 1_000 - kept / 2);
    assert_eq!(shown.matches(&note).count(), 2, "{shown}");
    // Where even the ends of the lists are too much, settings go with their entries: what is left of
    // another one would be taken for the first one's.
    let lists =
        |number| -> Vec<FenceLine> { (0..number).flat_map(|_| lines[..9].to_vec()).collect() };
    let shown = fit(vec![block("a", lists(50))], 600);
    let kept = shown.matches("! list\n").count();
    let entries = 8 * kept - shown.matches("+   ").count();
    let note = format!("# … {entries} entries and {} settings left out …", 50 - kept);
    assert!(shown.contains(&note), "{shown}");
}

#[test]
fn many_blocks_lose_those_in_the_middle() {
    let blocks = (0..100).map(|number| settings(&format!("t{number}"), 5)).collect();
    let shown = fit(blocks, 3_000);
    assert!(length(&shown) <= 3_000);
    assert!(shown.contains("<summary>t0<") && shown.contains("<summary>t99<"));
    let kept = shown.matches("<details>").count();
    assert_eq!(kept, shown.matches("</details>").count());
    assert_eq!(kept, shown.matches("<!-- ").count());
    let (targets, settings) = (100 - kept, 5 * (100 - kept));
    let note = format!("… {targets} targets with {settings} settings are left out here");
    assert!(shown.contains(&note), "{shown}");
}

#[test]
fn no_room_is_too_small_for_whole_fences() {
    for room in 0..1_500 {
        let shown = fit(vec![settings("a", 30), settings("b", 30), settings("c", 30)], room);
        assert_eq!(shown.matches("```").count() % 2, 0);
        assert!(room < NOTE || length(&shown) <= room, "{room}: {shown}");
    }
}

#[test]
fn long_blocks_are_shortened_before_a_short_one_is_left_out() {
    let long = |name| {
        let mut lines = vec![FenceLine::start(format!("! {name}"))];
        lines.extend((0..5_000).map(|number| FenceLine::entry(format!("+   {number}"))));
        lines.push(FenceLine::start(format!("+ behind {name}")));
        block(name, lines)
    };
    let shown = fit(vec![long("a"), settings("b", 2), long("c")], 9_000);
    assert!((8_900..=9_000).contains(&length(&shown)), "{}", length(&shown));
    assert_eq!(shown.matches("entries left out").count(), 2);
    for part in ["+ behind a\n", "- b 1\n+ b 1\n", "+ behind c\n"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(!shown.contains("targets"));
}

#[test]
fn a_share_is_what_the_short_ones_leave() {
    for (lengths, room, expected) in [
        (&[][..], 0, usize::MAX),
        (&[3, 4], 7, usize::MAX),
        (&[10], 7, 7),
        (&[10, 2, 10], 12, 5),
        (&[9, 9, 9], 12, 4),
    ] {
        assert_eq!(share(lengths.to_vec(), room), expected, "{lengths:?}");
    }
}
