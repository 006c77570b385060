//! Headings: which column holds what, in Chinese or English, in any order.
//!
//! Names of subject fields come from the profiles. A label that means different fields in different profiles is not
//! guessed: the field's own name is asked for.

use std::collections::{BTreeMap, BTreeSet};

use hefu_certificate::{ProfileKind, Profiles};

use crate::error::BatchError;
use hefu_rulebook::named;

named! {
    /// What a row says of the applicant beside the certificate, in the order of the template.
    pub enum ApplicantField {
        /// The person's name as on the document, or the device's.
        Name = "applicant_name",
        /// Which document.
        Document = "applicant_document",
        /// Its number.
        Number = "applicant_number",
        /// A telephone number.
        Telephone = "applicant_telephone",
        /// A mail address.
        Email = "applicant_email",
        /// The department.
        Department = "applicant_department",
        /// The organisation's registered name.
        OrganisationName = "organisation_name",
        /// Its credit code, or old organisation code.
        OrganisationCode = "organisation_code",
        /// Its legal representative's name.
        RepresentativeName = "representative_name",
        /// Which document of the legal representative.
        RepresentativeDocument = "representative_document",
        /// Its number.
        RepresentativeNumber = "representative_number",
    }
}

impl ApplicantField {
    /// The Chinese heading.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Name => "申请人姓名",
            Self::Document => "申请人证件类型",
            Self::Number => "申请人证件号码",
            Self::Telephone => "申请人电话",
            Self::Email => "申请人电子邮件",
            Self::Department => "申请人部门",
            Self::OrganisationName => "申请单位名称",
            Self::OrganisationCode => "申请单位代码",
            Self::RepresentativeName => "法定代表人姓名",
            Self::RepresentativeDocument => "法定代表人证件类型",
            Self::RepresentativeNumber => "法定代表人证件号码",
        }
    }
}

/// What a column holds.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Column {
    /// Name of the profile.
    Profile,
    /// Certification request: PEM, or DER in base64.
    Csr,
    /// Days of validity.
    ValidityDays,
    /// A subject field of the profile.
    Subject(String),
    /// What is said of the applicant.
    Applicant(ApplicantField),
}

impl Column {
    /// The name in English headings, findings and reports.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Profile => "profile",
            Self::Csr => "csr",
            Self::ValidityDays => "validity_days",
            Self::Subject(name) => name,
            Self::Applicant(field) => field.as_str(),
        }
    }
}

/// The columns of a sheet, in its order; `None` for one without heading.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Columns(Vec<Option<Column>>);

impl Columns {
    /// Reads headings.
    ///
    /// # Errors
    /// [`BatchError::Headings`] names every heading that is unknown or ambiguous, missing, or there twice.
    pub fn read(headings: &[String], profiles: &Profiles) -> Result<Self, BatchError> {
        let known = known(profiles);
        let mut unknown = Vec::new();
        let mut double = Vec::new();
        let mut seen = BTreeSet::new();
        let mut columns = Vec::new();
        for heading in headings {
            let key = normal(heading);
            let meant = known.get(&key).map(Vec::as_slice).unwrap_or_default();
            let column = match meant {
                [only] => Some(only.clone()),
                _ if key.is_empty() => None,
                [] => {
                    unknown.push(shown(heading));
                    None
                }
                several => {
                    let names: Vec<&str> = several.iter().map(Column::name).collect();
                    unknown.push(format!("{} ({})", shown(heading), names.join(" / ")));
                    None
                }
            };
            if let Some(column) = &column
                && !seen.insert(column.clone())
            {
                double.push(column.name().to_owned());
            }
            columns.push(column);
        }
        let needed = [Column::Profile, Column::Csr];
        let missing: Vec<String> = needed
            .iter()
            .filter(|column| !seen.contains(column))
            .map(|column| column.name().to_owned())
            .collect();
        if unknown.is_empty() && double.is_empty() && missing.is_empty() {
            return Ok(Self(columns));
        }
        Err(BatchError::Headings {
            unknown,
            missing,
            double,
        })
    }

    /// Each column with its cell of a row; `None` for a cell below no heading.
    pub(crate) fn with<'r>(&'r self, cells: &'r [String]) -> impl Iterator<Item = (Option<&'r Column>, &'r str)> {
        self.0.iter().map(Option::as_ref).zip(cells.iter().map(String::as_str))
    }
}

/// Headings as they are compared: without space, stars and brackets' width, letters small.
fn normal(heading: &str) -> String {
    heading
        .trim()
        .trim_end_matches(['*', '＊'])
        .chars()
        .map(|character| match character {
            '（' => '(',
            '）' => ')',
            '-' | ' ' | '\u{3000}' => '_',
            other => other.to_ascii_lowercase(),
        })
        .collect::<String>()
        .trim_matches('_')
        .to_owned()
}

fn shown(heading: &str) -> String {
    const CHARACTERS: usize = 40;
    heading.trim().chars().take(CHARACTERS).collect()
}

/// What each heading can mean.
fn known(profiles: &Profiles) -> BTreeMap<String, Vec<Column>> {
    let mut known: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    let mut add = |heading: &str, column: &Column| {
        let meant = known.entry(normal(heading)).or_default();
        if !meant.contains(column) {
            meant.push(column.clone());
        }
    };
    let fixed = [
        (["profile", "证书模板", "模板"], Column::Profile),
        (["csr", "证书请求", "p10"], Column::Csr),
        (["validity_days", "有效期(天)", "有效期天数"], Column::ValidityDays),
    ];
    for (headings, column) in &fixed {
        for heading in headings {
            add(heading, column);
        }
    }
    for &field in ApplicantField::ALL {
        add(field.as_str(), &Column::Applicant(field));
        add(field.zh(), &Column::Applicant(field));
    }
    let fields = || {
        let subscribers = profiles
            .iter()
            .filter(|profile| profile.kind() == ProfileKind::Subscriber);
        subscribers.flat_map(|profile| profile.fields())
    };
    // A field's own name always means that field, whatever another field's label says.
    let names: BTreeSet<String> = fields().map(|field| normal(field.name())).collect();
    for field in fields() {
        let column = Column::Subject(field.name().to_owned());
        add(field.name(), &column);
        for label in [&field.label().zh, &field.label().en] {
            if !names.contains(&normal(label)) {
                add(label, &column);
            }
        }
    }
    known
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn check(headings: &[&str]) -> String {
        let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
        match Columns::read(&headings, &Profiles::builtin()) {
            Ok(Columns(columns)) => {
                let names = columns.iter().map(|column| column.as_ref().map_or("-", Column::name));
                names.collect::<Vec<_>>().join(",")
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn headings_in_both_languages_and_any_order_mean_the_same() {
        assert_eq!(check(&["csr", "Profile *", "common_name"]), "csr,profile,common_name");
        assert_eq!(check(&["证书请求", "证书模板", "工号"]), "csr,profile,employee_number");
        assert_eq!(
            check(&["CSR", "profile", "有效期（天）", ""]),
            "csr,profile,validity_days,-"
        );
        assert_eq!(
            check(&["csr", "profile", "申请人姓名", "organisation_code"]),
            "csr,profile,applicant_name,organisation_code"
        );
    }

    #[test]
    fn what_is_unknown_missing_and_double_is_named_at_once() {
        let told = check(&["csr", "csr", "favourite colour"]);
        for part in ["favourite colour", "profile", "csr"] {
            assert!(told.contains(part), "{told}");
        }
    }

    #[test]
    fn every_field_of_every_profile_has_a_heading_of_its_own() {
        for profile in Profiles::builtin().iter() {
            if profile.kind() != ProfileKind::Subscriber {
                continue;
            }
            for field in profile.fields() {
                let heading = field.name();
                assert_eq!(check(&["profile", "csr", heading]), format!("profile,csr,{heading}"));
            }
        }
        let profiles = Profiles::builtin();
        let template: Vec<String> = crate::template_csv(&profiles, None)
            .lines()
            .next()
            .unwrap()
            .trim_start_matches('\u{feff}')
            .split(',')
            .map(str::to_owned)
            .collect();
        assert!(Columns::read(&template, &profiles).is_ok(), "{template:?}");
    }
}
