//! What a row of a sheet says of its applicant, made into the applicant that the register takes.
//!
//! 电子签名法 20: the applicant gives true, complete and accurate information; half an applicant is refused in the dry run,
//! before anything is kept. A sheet brings persons, organisations and staff. It has no column for who answers for a
//! device, so files of devices are registered at the counter.

use hefu_applicants::{ApplicantError, ApplicantInput, DocumentKind, OrganisationInput, PersonInput};
use hefu_batch::{ApplicantField as Field, Finding, RowEntry, Rule, masked};
use hefu_rulebook::{Citation, Explain as _, Language};

/// Columns that are about the person. The department is neither the person's nor the organisation's.
const PERSON: [Field; 5] = [
    Field::Name,
    Field::Document,
    Field::Number,
    Field::Telephone,
    Field::Email,
];
/// Columns that are about the organisation.
const ORGANISATION: [Field; 5] = [
    Field::OrganisationName,
    Field::OrganisationCode,
    Field::RepresentativeName,
    Field::RepresentativeDocument,
    Field::RepresentativeNumber,
];

const ESL_20: Citation = Citation::new("ESL", "20");

/// The applicant, when the row names one. What sort of applicant it is, is in which columns are filled in.
///
/// # Errors
/// Which column is missing, or stands without the others.
pub(super) fn input(row: &RowEntry) -> Result<Option<ApplicantInput>, Box<Finding>> {
    let says = |fields: &[Field]| fields.iter().any(|field| row.applicant(*field).is_some());
    let department = row.applicant(Field::Department).map(str::to_owned);
    match (says(&PERSON), says(&ORGANISATION)) {
        (true, true) => Ok(Some(ApplicantInput::Staff {
            person: person(row)?,
            organisation: organisation(row)?,
            department,
        })),
        _ if department.is_some() => Err(department_alone()),
        (true, false) => person(row).map(ApplicantInput::Person).map(Some),
        (false, true) => organisation(row).map(ApplicantInput::Organisation).map(Some),
        (false, false) => Ok(None),
    }
}

fn person(row: &RowEntry) -> Result<PersonInput, Box<Finding>> {
    let text = |field| row.applicant(field).map(str::to_owned);
    Ok(PersonInput {
        name: needed(row, Field::Name)?,
        document: document(row, Field::Document),
        number: needed(row, Field::Number)?,
        telephone: text(Field::Telephone),
        email: text(Field::Email),
    })
}

fn organisation(row: &RowEntry) -> Result<OrganisationInput, Box<Finding>> {
    Ok(OrganisationInput {
        name: needed(row, Field::OrganisationName)?,
        code: needed(row, Field::OrganisationCode)?,
        legal_representative: PersonInput {
            name: needed(row, Field::RepresentativeName)?,
            document: document(row, Field::RepresentativeDocument),
            number: needed(row, Field::RepresentativeNumber)?,
            telephone: None,
            email: None,
        },
        agent: None,
    })
}

/// The document; an identity card when the row does not say, as the sheet was checked.
fn document(row: &RowEntry, field: Field) -> DocumentKind {
    let named = row.applicant(field).and_then(DocumentKind::named);
    named.unwrap_or(DocumentKind::ResidentIdentity)
}

fn needed(row: &RowEntry, field: Field) -> Result<String, Box<Finding>> {
    let value = row.applicant(field).map(str::to_owned);
    value.ok_or_else(|| {
        refused(
            Some(field),
            "applicant-incomplete",
            format!("申请人资料不全：请填写{}", field.zh()),
            format!(
                "the applicant's particulars are incomplete: {} is needed",
                field.as_str()
            ),
        )
    })
}

fn department_alone() -> Box<Finding> {
    refused(
        Some(Field::Department),
        "applicant-incomplete",
        "部门只用于单位人员：请同时填写申请人和单位".to_owned(),
        "a department is for staff: name the person and the organisation too".to_owned(),
    )
}

/// That a row for a certificate inside the law's scope names no applicant.
pub(super) fn missing() -> Box<Finding> {
    refused(
        None,
        "applicant-file-missing",
        "电子签名认证证书的申请应有申请人：请填写申请人各列".to_owned(),
        "a certificate for electronic signatures is somebody's: fill in the applicant's columns".to_owned(),
    )
}

fn refused(column: Option<Field>, code: &str, zh: String, en: String) -> Box<Finding> {
    Box::new(Finding {
        column: column.map(|field| field.as_str().to_owned()),
        value: None,
        code: code.to_owned(),
        zh,
        en,
        rule: Some(Rule::from(ESL_20)),
    })
}

/// What the register says of the applicant, by the sheet's column, its value masked.
pub(super) fn told(row: &RowEntry, error: &ApplicantError) -> Box<Finding> {
    let column = column(error);
    Box::new(Finding {
        column: column.map(|field| field.as_str().to_owned()),
        value: column.and_then(|field| row.applicant(field)).map(masked),
        code: error.code().to_owned(),
        zh: error.message(Language::Chinese),
        en: error.message(Language::English),
        rule: Some(Rule::from(error.citation().unwrap_or(ESL_20))),
    })
}

fn column(error: &ApplicantError) -> Option<Field> {
    Some(match error {
        ApplicantError::Name { place: "person" } => Field::Name,
        ApplicantError::Name { place: "organisation" } => Field::OrganisationName,
        ApplicantError::Name {
            place: "legal_representative",
        } => Field::RepresentativeName,
        ApplicantError::Name { place: "department" } => Field::Department,
        ApplicantError::Number { place, .. } | ApplicantError::Document { place } => match *place {
            "organisation" => Field::OrganisationCode,
            "legal_representative" => Field::RepresentativeNumber,
            _ => Field::Number,
        },
        ApplicantError::Telephone { .. } => Field::Telephone,
        ApplicantError::Email { .. } => Field::Email,
        ApplicantError::Name { .. } | ApplicantError::Authorisation => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use hefu_applicants::Applicant;
    use jiff::civil::date;

    use super::*;

    const PERSON: [(&str, &str); 2] = [("applicant_name", "李明"), ("applicant_number", "11010519491231002X")];
    const WORKS: [(&str, &str); 4] = [
        ("organisation_name", "示例公司"),
        ("organisation_code", "91350100M000100Y43"),
        ("representative_name", "李明"),
        ("representative_number", "11010519491231002X"),
    ];

    fn row(cells: &[(&str, &str)]) -> RowEntry {
        let cell = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        RowEntry {
            profile: "staff-sm2".to_owned(),
            subject: BTreeMap::new(),
            csr: String::new(),
            validity_days: None,
            applicant: cells.iter().map(cell).collect(),
        }
    }

    /// The kind, or the finding as "column code value".
    fn check(cells: &[(&str, &str)]) -> String {
        let row = row(cells);
        let parsed = input(&row).and_then(|input| {
            let parse = |input| Applicant::parse(&input, date(2026, 11, 22)).map_err(|error| told(&row, &error));
            input.map(parse).transpose()
        });
        match parsed {
            Ok(applicant) => applicant
                .map_or("none", |applicant| applicant.kind().as_str())
                .to_owned(),
            Err(finding) => {
                assert!(finding.rule.is_some(), "{finding:?}");
                let part = |text: &Option<String>| text.clone().unwrap_or_default();
                format!("{} {} {}", part(&finding.column), finding.code, part(&finding.value))
            }
        }
    }

    #[test]
    fn which_columns_are_filled_in_says_what_sort_of_applicant_it_is() {
        assert_eq!(check(&[]), "none");
        assert_eq!(check(&PERSON), "person");
        assert_eq!(check(&WORKS), "organisation");
        assert_eq!(check(&[&PERSON[..], &WORKS[..]].concat()), "staff");
        let unit = [("applicant_department", "财务部")];
        assert_eq!(check(&[&PERSON[..], &WORKS[..], &unit[..]].concat()), "staff");
    }

    #[test]
    fn half_an_applicant_is_told_by_the_missing_column() {
        for (cells, told) in [
            (vec![PERSON[0]], "applicant_number applicant-incomplete "),
            (vec![PERSON[1]], "applicant_name applicant-incomplete "),
            (WORKS[..2].to_vec(), "representative_name applicant-incomplete "),
            (WORKS[1..].to_vec(), "organisation_name applicant-incomplete "),
            (
                [&PERSON[..], &[("applicant_department", "财务部")]].concat(),
                "applicant_department applicant-incomplete ",
            ),
        ] {
            assert_eq!(check(&cells), told);
        }
    }

    #[test]
    fn what_the_register_refuses_is_told_by_its_column_and_masked() {
        let with = |cell| check(&[&WORKS[..], &PERSON[..], &[cell]].concat());
        for (cell, column, shown) in [
            (
                ("applicant_number", "110105194912310021"),
                "applicant_number",
                "1***************21",
            ),
            (
                ("organisation_code", "91350100M000100Y44"),
                "organisation_code",
                "9***************44",
            ),
            (
                ("representative_number", "110105194912310021"),
                "representative_number",
                "1***************21",
            ),
            (("applicant_telephone", "12"), "applicant_telephone", "1*"),
        ] {
            let told = with(cell);
            assert!(told.starts_with(column) && told.ends_with(shown), "{told}");
        }
    }
}
