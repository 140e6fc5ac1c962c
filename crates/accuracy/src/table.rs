//! A table, for a terminal or for Markdown.

use comfy_table::{Table as Drawn, presets};

/// Rows under a head.
#[derive(Clone, Debug, Default)]
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// With no rows.
    #[must_use]
    pub fn new<T: Into<String>>(head: impl IntoIterator<Item = T>) -> Self {
        Self { head: head.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// With lines around it.
    #[must_use]
    pub fn drawn(&self) -> String {
        let mut table = Drawn::new();
        table.load_style(presets::UTF8_FULL_CONDENSED);
        table.set_header(&self.head);
        table.add_rows(&self.rows);
        table.to_string()
    }

    /// One line a row.
    #[must_use]
    pub fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | ").replace('\n', "<br>"));
        let rule: Vec<String> = self.head.iter().map(|_| "---".to_owned()).collect();
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!("{}{}{rows}", line(&self.head), line(&rule))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_markdown_is_one_line_whatever_is_in_its_cells() {
        let mut table = Table::new(["call", "said"]);
        table.row(["loss5", "3.0 s\nmissed"]);
        assert_eq!(table.markdown(), "| call | said |\n| --- | --- |\n| loss5 | 3.0 s<br>missed |\n");
    }
}
