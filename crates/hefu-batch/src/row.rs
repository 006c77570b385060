//! A row's decision: good, or everything that is wrong with it. Pure.
//!
//! Checked as the registration desk will check it, so that a dry run tells what an entry would: profile, subject fields,
//! validity, the certification request and its possession of the key. Beside that what only a sheet can have: formulas,
//! and the same key or the same identity number twice.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gm_syntax::{CertificationRequest, RequestError};
use hefu_certificate::{LawScope, Profile, ProfileKind, Profiles, Subject, SubjectError, ValueCheck};
use hefu_rulebook::{Citation, Explain as _, Language};
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::heading::{ApplicantField, Column, Columns};
use crate::sheet::SheetRow;

/// Octets of a certification request, as the registration desk takes them.
const CSR_OCTETS_MAX: usize = 32 << 10;
/// What a spreadsheet takes as the beginning of a formula (OWASP, "CSV injection").
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// Subject fields that say where and whose, not who: shown as they are.
const IMPERSONAL: [&str; 5] = ["country", "province", "city", "organisation", "unit"];

/// What a good row asks for. Personal: stays sealed in the tables until it is entered.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RowEntry {
    /// Name of the profile.
    pub profile: String,
    /// Subject fields.
    pub subject: BTreeMap<String, String>,
    /// Certification request, DER in base64.
    pub csr: String,
    /// Days of validity; the profile's default when absent.
    pub validity_days: Option<u32>,
    /// What the row says of the applicant, by [`ApplicantField`]'s names.
    pub applicant: BTreeMap<String, String>,
}

impl RowEntry {
    /// The certification request, DER.
    #[must_use]
    pub fn csr_der(&self) -> Vec<u8> {
        STANDARD.decode(&self.csr).unwrap_or_default()
    }

    /// What the row says of the applicant.
    #[must_use]
    pub fn applicant(&self, field: ApplicantField) -> Option<&str> {
        self.applicant.get(field.as_str()).map(String::as_str)
    }
}

/// A good row, and by what another row would be the same.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Good {
    /// What it asks for.
    pub entry: RowEntry,
    /// SM3 of the key.
    pub key: [u8; 32],
    /// Identity numbers with the profile, as [`Duplicates`] compares them.
    identities: Vec<(&'static str, String)>,
}

/// Decides about a row by itself.
///
/// # Errors
/// Everything that is wrong with it; never nothing.
pub fn decide(row: &SheetRow, columns: &Columns, profiles: &Profiles) -> Result<Good, Vec<Finding>> {
    let mut findings = Vec::new();
    let cells = Cells::take(row, columns, &mut findings);
    let Some(profile) = find_profile(&cells, profiles, &mut findings) else {
        return Err(findings);
    };
    let scope = profile.law_scope();
    let validity_days = validity(&cells, profile, &mut findings);
    check_subject(&cells, profile, &mut findings);
    let applicant = check_applicant(&cells, scope, &mut findings);
    let proven = prove(&cells.csr, profile)
        .map_err(|finding| findings.push(finding.at("csr")))
        .ok();
    let identities = identities(&cells, profile, &applicant);
    match proven {
        Some((key, der)) if findings.is_empty() => Ok(Good {
            entry: RowEntry {
                profile: profile.name().to_owned(),
                subject: cells.subject,
                csr: STANDARD.encode(der),
                validity_days,
                applicant,
            },
            key,
            identities,
        }),
        _ => Err(findings),
    }
}

/// Cells by what they hold, trimmed; empty ones are not there.
#[derive(Default)]
struct Cells {
    profile: String,
    csr: String,
    validity_days: String,
    subject: BTreeMap<String, String>,
    applicant: BTreeMap<ApplicantField, String>,
}

impl Cells {
    fn take(row: &SheetRow, columns: &Columns, findings: &mut Vec<Finding>) -> Self {
        let mut cells = Self::default();
        for (column, cell) in columns.with(&row.cells) {
            let text = cell.trim().to_owned();
            let Some(column) = column else {
                if !text.is_empty() {
                    findings.push(Finding::new(
                        "cell-without-heading",
                        "单元格所在的列没有表头",
                        "a cell stands in a column without heading",
                    ));
                }
                continue;
            };
            if text.is_empty() {
                continue;
            }
            if is_formula(cell, &text) {
                findings.push(formula(column, &text));
                continue;
            }
            match column {
                Column::Profile => cells.profile = text,
                Column::Csr => cells.csr = text,
                Column::ValidityDays => cells.validity_days = text,
                Column::Subject(name) => drop(cells.subject.insert(name.clone(), text)),
                Column::Applicant(field) => drop(cells.applicant.insert(*field, text)),
            }
        }
        cells
    }
}

/// Whether spreadsheet software would compute this instead of showing it. A number may have a sign, and PEM begins
/// with hyphens.
fn is_formula(cell: &str, text: &str) -> bool {
    let begins = |text: &str| text.starts_with(FORMULA);
    let number = text.parse::<f64>().is_ok_and(f64::is_finite);
    (begins(cell) || begins(text)) && !number && !text.starts_with("-----BEGIN ")
}

fn formula(column: &Column, text: &str) -> Finding {
    Finding::new(
        "formula",
        "单元格以公式符号（= + - @ 或制表符、回车符）开头，电子表格会将其当作公式，不予接受",
        "the cell begins as a formula does (= + - @, tab or carriage return), and is not taken",
    )
    .at(column.name())
    .showing(&text.chars().take(1).collect::<String>())
}

fn find_profile<'p>(cells: &Cells, profiles: &'p Profiles, findings: &mut Vec<Finding>) -> Option<&'p Profile> {
    let found = profiles.get(&cells.profile);
    match found {
        Some(profile) if profile.kind() == ProfileKind::Subscriber => return Some(profile),
        Some(_) => findings.push(
            Finding::new(
                "profile-not-for-subscribers",
                "该模板的证书由密钥仪式产生，不接受申请",
                "certificates of this profile are made by ceremony, not applied for",
            )
            .at("profile")
            .showing(&cells.profile),
        ),
        // A formula in the profile's cell was told already.
        None if cells.profile.is_empty() && !findings.is_empty() => {}
        None => findings.push(
            Finding::new(
                "profile-unknown",
                "没有这种证书模板",
                "there is no such certificate profile",
            )
            .at("profile")
            .showing(&cells.profile),
        ),
    }
    None
}

fn validity(cells: &Cells, profile: &Profile, findings: &mut Vec<Finding>) -> Option<u32> {
    if cells.validity_days.is_empty() {
        return None;
    }
    let max = profile.validity_days_max();
    match cells.validity_days.parse::<u32>() {
        Ok(days) if (1..=max).contains(&days) => Some(days),
        _ => {
            findings.push(
                Finding::new(
                    "validity-refused",
                    format!("有效期应为1至{max}天的整数"),
                    format!("the validity is a whole number of days, 1 to {max}"),
                )
                .at("validity_days")
                .showing(&cells.validity_days),
            );
            None
        }
    }
}

fn check_subject(cells: &Cells, profile: &Profile, findings: &mut Vec<Finding>) {
    // A sheet for several profiles has columns that some do not have; only values there are wrong.
    let Err(error) = Subject::new(profile, &cells.subject) else {
        return;
    };
    let field = match &error {
        SubjectError::Unknown { field, .. }
        | SubjectError::Missing { field, .. }
        | SubjectError::Fixed { field, .. }
        | SubjectError::Long { field, .. }
        | SubjectError::Many { field, .. }
        | SubjectError::Characters { field, .. }
        | SubjectError::Value { field, .. }
        | SubjectError::SameExtension { field, .. } => Some(field.clone()),
        SubjectError::Encoding => None,
    };
    let mut finding = Finding::new(
        error.code(),
        error.message(Language::Chinese),
        error.message(Language::English),
    )
    .under(error.citation());
    if let Some(field) = field {
        finding = finding.at(&field);
        if let Some(value) = cells.subject.get(&field) {
            finding = if IMPERSONAL.contains(&field.as_str()) {
                finding.showing(value)
            } else {
                finding.masking(value)
            };
        }
    }
    findings.push(finding);
}

/// The form of what is said of the applicant; whether it is enough, the intake knows.
fn check_applicant(cells: &Cells, scope: LawScope, findings: &mut Vec<Finding>) -> BTreeMap<String, String> {
    let mut applicant = BTreeMap::new();
    for (field, value) in &cells.applicant {
        let wanted = match field {
            ApplicantField::Document | ApplicantField::RepresentativeDocument => {
                if let Some(word) = document(value) {
                    applicant.insert(field.as_str().to_owned(), word.to_owned());
                } else {
                    findings.push(unknown_document(*field, value));
                }
                continue;
            }
            ApplicantField::Number => Some(number_check(cells, ApplicantField::Document)),
            ApplicantField::RepresentativeNumber => Some(number_check(cells, ApplicantField::RepresentativeDocument)),
            ApplicantField::Email => Some(ValueCheck::Email),
            // Old organisation codes have nine characters, ten with their hyphen; the applicants' register reads them.
            ApplicantField::OrganisationCode if value.len() > 10 => Some(ValueCheck::CreditCode),
            _ => None,
        };
        let value = match wanted {
            Some(ValueCheck::ResidentIdentity | ValueCheck::CreditCode | ValueCheck::Passport) => {
                value.to_ascii_uppercase()
            }
            _ => value.clone(),
        };
        match wanted {
            Some(check) if !check.passes(&value) => findings.push(
                Finding::new(
                    "applicant-value",
                    check.wanted_zh(),
                    format!("wanted: {}", check.wanted_en()),
                )
                .at(field.as_str())
                .masking(&value)
                .under(truthful(scope)),
            ),
            _ => drop(applicant.insert(field.as_str().to_owned(), value)),
        }
    }
    applicant
}

fn number_check(cells: &Cells, document_field: ApplicantField) -> ValueCheck {
    let word = cells.applicant.get(&document_field).and_then(|word| document(word));
    match word {
        Some("resident-identity") | None => ValueCheck::ResidentIdentity,
        Some(_) => ValueCheck::Passport,
    }
}

fn document(word: &str) -> Option<&'static str> {
    match word {
        "resident-identity" | "居民身份证" | "身份证" => Some("resident-identity"),
        "passport" | "护照" => Some("passport"),
        "other" | "其他" => Some("other"),
        _ => None,
    }
}

fn unknown_document(field: ApplicantField, value: &str) -> Finding {
    Finding::new(
        "document-unknown",
        "证件类型应为居民身份证、护照或其他",
        "the document is resident-identity, passport or other",
    )
    .at(field.as_str())
    .showing(value)
}

/// The applicant gives true, complete and accurate information.
const fn truthful(scope: LawScope) -> Option<Citation> {
    if scope.is_inside() {
        Some(Citation::new("ESL", "20"))
    } else {
        None
    }
}

/// Signature creation data are the signatory's alone.
const fn exclusive_key(scope: LawScope) -> Option<Citation> {
    if scope.is_inside() {
        Some(Citation::new("ESL", "13"))
    } else {
        None
    }
}

fn prove(text: &str, profile: &Profile) -> Result<([u8; 32], Vec<u8>), Box<Finding>> {
    if text.is_empty() {
        let en = "the certification request is missing; the key stays with whoever will use it, the request comes in the row";
        return Err(Box::new(Finding::new(
            "csr-missing",
            "缺少证书请求；私钥由使用者自行保管，请求随本行提交",
            en,
        )));
    }
    let der = csr_der(text).filter(|der| der.len() <= CSR_OCTETS_MAX).ok_or_else(|| {
        Finding::new(
            "csr-malformed",
            "证书请求应为PEM或DER的base64",
            "a certification request is PEM, or DER in base64",
        )
    })?;
    let request = CertificationRequest::from_der(&der).and_then(CertificationRequest::verify);
    let request = request.map_err(|error| unproven(&error, profile.law_scope()))?;
    let algorithm = request.public_key().algorithm();
    if !profile.keys().contains(&algorithm) {
        let accepted: Vec<String> = profile.keys().iter().map(ToString::to_string).collect();
        let accepted = accepted.join(", ");
        return Err(Box::new(Finding::new(
            "key-not-accepted",
            format!("该模板不接受{algorithm}密钥，可接受的有：{accepted}"),
            format!("the profile does not accept {algorithm} keys; it accepts {accepted}"),
        )));
    }
    Ok((gm_suite::sm3(request.public_key().spki()), der))
}

fn unproven(error: &RequestError, scope: LawScope) -> Finding {
    match error {
        RequestError::Possession => Finding::new(
            "possession-not-proven",
            "证书请求不是用其自身的密钥签名的，未能证明持有私钥",
            "the certification request does not prove possession of its key",
        )
        .under(exclusive_key(scope)),
        other => Finding::new(
            "csr-refused",
            format!("证书请求不可接受：{other}"),
            format!("the certification request is not taken: {other}"),
        ),
    }
}

/// DER out of PEM, whose lines a spreadsheet may have lost, or of base64.
fn csr_der(text: &str) -> Option<Vec<u8>> {
    let inner = match text.split_once("-----BEGIN ") {
        Some((_, rest)) => rest.split_once("-----")?.1.split_once("-----END ")?.0,
        None => text,
    };
    let compact: String = inner.split_whitespace().collect();
    STANDARD.decode(compact).ok().filter(|der| !der.is_empty())
}

/// The numbers by which a person stands twice in a sheet.
fn identities(cells: &Cells, profile: &Profile, applicant: &BTreeMap<String, String>) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let number = applicant.get(ApplicantField::Number.as_str());
    found.extend(number.map(|number| (ApplicantField::Number.as_str(), format!("{} {number}", profile.name()))));
    for field in profile.fields() {
        let personal = matches!(field.check(), Some(ValueCheck::ResidentIdentity | ValueCheck::Passport));
        if let Some(value) = cells.subject.get(field.name()).filter(|_| personal) {
            found.push(("identity", format!("{} {}", profile.name(), value.to_ascii_uppercase())));
        }
    }
    found
}

/// What rows so far have, so that a second one is found.
#[derive(Debug, Default)]
pub struct Duplicates {
    keys: HashMap<[u8; 32], u32>,
    identities: HashMap<(&'static str, String), u32>,
}

impl Duplicates {
    /// Takes a good row in, or says with which earlier row it is the same.
    ///
    /// # Errors
    /// The findings; the row is then not taken in.
    pub fn take(&mut self, number: u32, good: &Good) -> Result<(), Vec<Finding>> {
        let mut findings = Vec::new();
        if let Some(first) = self.keys.get(&good.key) {
            findings.push(
                Finding::new(
                    "same-key-in-sheet",
                    format!("与第{first}行使用同一密钥"),
                    format!("the same key stands in row {first}"),
                )
                .at("csr"),
            );
        }
        if let Some(first) = good
            .identities
            .iter()
            .find_map(|identity| self.identities.get(identity))
        {
            findings.push(Finding::new(
                "same-identity-in-sheet",
                format!("与第{first}行为同一证件号码、同一模板"),
                format!("the same identity number with the same profile stands in row {first}"),
            ));
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        self.keys.insert(good.key, number);
        self.identities
            .extend(good.identities.iter().map(|identity| (identity.clone(), number)));
        Ok(())
    }
}
