//! The report: row by row what became of it, as JSON and as comma-separated text that no spreadsheet computes.

use hefu_rulebook::Language;
use serde::Serialize;

use crate::batch::RowState;
use crate::finding::Finding;

/// A row of the report.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ReportRow {
    /// The row's number in the sheet.
    pub row: u32,
    /// What became of it.
    pub state: RowState,
    /// The application's number, once one was entered.
    pub application: Option<String>,
    /// `approved`, `not-ready` or `refused`, once an officer tried to approve it.
    pub approval: Option<String>,
    /// What is wrong with it, or why it was refused.
    pub findings: Vec<Finding>,
}

/// The report as text: UTF-8 with its mark, one line for each finding, one for a row without any.
#[must_use]
pub fn report_csv(rows: &[ReportRow], language: Language) -> String {
    let mut text = String::from('\u{feff}');
    let headings = match language {
        Language::Chinese => ["行", "状态", "申请编号", "审批", "列", "值", "代码", "说明"],
        Language::English => [
            "row",
            "state",
            "application",
            "approval",
            "column",
            "value",
            "code",
            "what is wrong",
        ],
    };
    text.push_str(&csv_line(&headings.map(str::to_owned)));
    for row in rows {
        let begin = [
            row.row.to_string(),
            row.state.name(language).to_owned(),
            row.application.clone().unwrap_or_default(),
            row.approval.clone().unwrap_or_default(),
        ];
        if row.findings.is_empty() {
            text.push_str(&csv_line(
                &[begin.as_slice(), &[(); 4].map(|()| String::new())].concat(),
            ));
        }
        for finding in &row.findings {
            let end = [
                finding.column.clone().unwrap_or_default(),
                finding.value.clone().unwrap_or_default(),
                finding.code.clone(),
                finding.words(language),
            ];
            text.push_str(&csv_line(&[begin.as_slice(), &end].concat()));
        }
    }
    text
}

/// A line of comma-separated text (RFC 4180), every cell safe.
pub(crate) fn csv_line(cells: &[String]) -> String {
    let safe: Vec<String> = cells.iter().map(|cell| csv_safe(cell)).collect();
    format!("{}\r\n", safe.join(","))
}

/// A cell for comma-separated text that spreadsheet software shows and never computes: quoted where RFC 4180 wants it,
/// and with an apostrophe before what would begin a formula. Numbers stay numbers. The one place of all exports.
#[must_use]
pub fn csv_safe(cell: &str) -> String {
    const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
    let is_number = cell.parse::<f64>().is_ok_and(f64::is_finite);
    let computed = cell.trim_start_matches(' ').starts_with(FORMULA) || cell.starts_with(FORMULA);
    let mark = if computed && !is_number { "'" } else { "" };
    if cell.contains(['"', ',', '\n', '\r']) || cell.starts_with(' ') || !mark.is_empty() {
        format!("\"{mark}{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::csv_safe;

    #[test]
    fn no_cell_computes() {
        for (cell, written) in [
            ("张三", "张三"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("  @SUM(A1)", "\"'  @SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("-5", "-5"),
            ("+8613800000000", "+8613800000000"),
            ("-cmd|' /C calc'!A0", "\"'-cmd|' /C calc'!A0\""),
            ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ] {
            assert_eq!(csv_safe(cell), written);
        }
    }
}
