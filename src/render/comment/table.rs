//! A table of which the rows that there is room for are shown, and the others counted.

use super::folded::length;
use crate::render::text::words::{add, count, verb};

/// How many characters a table may have.
const ROOM: usize = 24_000;

/// A table, of which each cell is Markdown that does not end it.
#[derive(Debug)]
pub struct Table {
    /// The names of the columns.
    pub head: Vec<&'static str>,
    /// The cells of each row, one for each column.
    pub rows: Vec<Vec<String>>,
    /// What a row is called where some are left out.
    pub noun: &'static str,
    /// Where those are that are left out.
    pub elsewhere: &'static str,
}

impl Table {
    /// How many rows there is room for.
    fn shown(&self) -> usize {
        let mut room = ROOM;
        let fits = |row: &&Vec<String>| {
            let row = row.iter().map(|cell| length(cell) + 3).sum::<usize>() + 2;
            room.checked_sub(row).map(|left| room = left).is_some()
        };
        self.rows.iter().take_while(fits).count()
    }

    /// The table as Markdown; nothing where it has no row.
    pub fn render(&self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let rule = " --- |".repeat(self.head.len());
        let mut out = format!("\n| {} |\n|{rule}\n", self.head.join(" | "));
        let shown = self.shown();
        for row in &self.rows[..shown] {
            add(&mut out, format_args!("| {} |\n", row.join(" | ")));
        }
        let rest = self.rows.len() - shown;
        if rest > 0 {
            let (are, rest) =
                (verb(rest, "is", "are"), count(rest, &format!("more {}", self.noun)));
            add(&mut out, format_args!("\n… {rest} {are} {}.\n", self.elsewhere));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_that_there_is_no_room_for_are_counted() {
        let table = |number: usize| {
            let rows = vec![vec!["x".repeat(200), "y".repeat(100)]; number];
            let elsewhere = "in the blocks below";
            Table { head: vec!["a", "b"], rows, noun: "setting", elsewhere }.render()
        };
        assert_eq!(table(0), "");
        assert!(table(1).starts_with("\n| a | b |\n| --- | --- |\n| xxx"));
        let all = table(100);
        let kept = all.matches("| xxx").count();
        let rest = format!("\n… {} more settings are in the blocks below.\n", 100 - kept);
        assert!((60..100).contains(&kept) && all.ends_with(&rest), "{all}");
    }
}
