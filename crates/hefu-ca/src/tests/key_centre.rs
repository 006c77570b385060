//! A key centre that is not ours: it answers GM/T 0014 from memory, and can be told to misbehave.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use gm_kmc::{Answer, Delivered, EntityName, Envelopes, KeyAnswer, KeyRequest, Parties, SignedRequest};
use gm_suite::{PrivateKey, PublicKey, Signer, sm3};

use super::authority::{entity, fixed, noon, sm2};
use crate::{KeyCentreChannel, KeyCentreUnreachable};

/// How it behaves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mood {
    /// As it should.
    Well,
    /// It never answers.
    Silent,
    /// It answers nothing, at once.
    Unreachable,
    /// It signs with another key.
    Forged,
    /// It refuses, signed.
    Refusing,
    /// It sends no `SM2EnvelopedKey`.
    Standard,
    /// It sends the subscriber's own key as the encryption key.
    Mirror,
    /// It sends what is no answer.
    Nonsense,
}

pub(super) struct OtherKeyCentre {
    pub(super) key: PrivateKey,
    /// The subscriber whose key it sends back.
    pub(super) mirrored: PrivateKey,
    ca: PublicKey,
    held: Mutex<HashMap<Vec<u8>, Arc<PrivateKey>>>,
    mood: Mutex<Mood>,
    asked: Mutex<u32>,
    retired: Mutex<Vec<Vec<u8>>>,
}

impl OtherKeyCentre {
    pub(super) fn new(ca: &PublicKey) -> Self {
        Self {
            key: fixed(5),
            mirrored: fixed(6),
            ca: ca.clone(),
            held: Mutex::default(),
            mood: Mutex::new(Mood::Well),
            asked: Mutex::new(0),
            retired: Mutex::default(),
        }
    }

    pub(super) fn behave(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// How many messages it has had.
    pub(super) fn asked(&self) -> u32 {
        *self.asked.lock().unwrap()
    }

    /// How many keys it holds.
    pub(super) fn held(&self) -> usize {
        self.held.lock().unwrap().len()
    }

    /// Serial numbers whose keys it was told are no longer in use.
    pub(super) fn retired(&self) -> Vec<Vec<u8>> {
        self.retired.lock().unwrap().clone()
    }

    fn name(&self) -> EntityName {
        entity("KMC", Signer::public_key(&self.key))
    }

    fn answer(&self, message: &[u8], mood: Mood) -> Vec<u8> {
        let signed = SignedRequest::from_der(message).unwrap();
        let ca = signed.ca().clone();
        let request = signed.verify(&self.ca).unwrap();
        let answers = request
            .requests
            .iter()
            .map(|asked| self.one(asked, &ca, mood))
            .collect();
        let answer = Answer {
            kmc: self.name(),
            answers,
            at: noon(),
            task: request.task,
        };
        match mood {
            Mood::Forged => answer.sign(&sm2()).unwrap(),
            _ => answer.sign(&self.key).unwrap(),
        }
    }

    fn one(&self, asked: &KeyRequest, ca: &EntityName, mood: Mood) -> KeyAnswer {
        let apply = match asked {
            KeyRequest::Apply(apply) => apply,
            KeyRequest::Revoke { serial } => {
                self.retired.lock().unwrap().push(serial.clone());
                return KeyAnswer::Revoked { serial: serial.clone() };
            }
            KeyRequest::Restore(_) => panic!("{asked:?}"),
        };
        if mood == Mood::Refusing {
            return KeyAnswer::Error {
                code: 7,
                text: "not today".to_owned(),
            };
        }
        let mut held = self.held.lock().unwrap();
        let made = || Arc::new(PrivateKey::from_sm2_scalar(&sm3(&apply.serial)).unwrap());
        let key = held.entry(apply.serial.clone()).or_insert_with(made);
        let key = if mood == Mood::Mirror { &self.mirrored } else { &**key };
        let parties = Parties {
            ca,
            kmc: &self.name(),
            signer: &self.key,
        };
        let form = if mood == Mood::Standard {
            Envelopes::Signed
        } else {
            Envelopes::Both
        };
        let delivered = Delivered::seal(&apply.serial, key, &apply.user_key, parties, form).unwrap();
        KeyAnswer::Applied(delivered)
    }
}

impl KeyCentreChannel for OtherKeyCentre {
    fn submit(&self, request: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, KeyCentreUnreachable>> {
        let mood = *self.mood.lock().unwrap();
        *self.asked.lock().unwrap() += 1;
        Box::pin(async move {
            match mood {
                Mood::Silent => std::future::pending().await,
                Mood::Unreachable => Err(KeyCentreUnreachable {
                    why: "connection refused".to_owned(),
                }),
                Mood::Nonsense => Ok(b"nonsense".to_vec()),
                _ => Ok(self.answer(&request, mood)),
            }
        })
    }
}
