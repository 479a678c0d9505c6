//! A bug panics in the task that runs a write.

use boxoffice::error::{ApiError, ErrorCode};
use boxoffice::events::details::DetailsDraft;
use boxoffice::events::model::new_event::{EventDraft, NewEvent};
use boxoffice::events::sql::create::create_event;
use boxoffice::idempotency::sql::stored_response::ResponseToStore;
use boxoffice_engine::ids::AffinityRange;
use boxoffice_engine::model::hold::Idempotency;
use uuid::Uuid;

use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_task_panicked_has_an_unknown_outcome() {
    let service = Service::start().await;
    let details = DetailsDraft { name: "A show".to_owned(), ..DetailsDraft::default() };
    let draft = EventDraft { details, total_seats: Some(10), ..EventDraft::default() };
    let new = NewEvent::try_from(draft).expect("the draft is valid");
    let response = ResponseToStore {
        idempotency: Idempotency { key: Uuid::now_v7(), fingerprint: [0; 32] },
        response: |_| panic!("a bug, on purpose"),
    };
    let failed = create_event(&service.database.pool, AffinityRange::ALL, new, Some(response))
        .await
        .expect_err("its task panicked");
    assert_eq!(ApiError::from(failed).code, ErrorCode::OutcomeUnknown);
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 0);
}
