//! A bug of ours breaks the task that a write runs in.

use boxoffice::domain::hold::Idempotency;
use boxoffice::domain::new_event::{EventDraft, NewEvent};
use boxoffice::error::{ApiError, ErrorCode};
use boxoffice::ops::create_event::create_event;
use boxoffice::ops::stored_response::ResponseToStore;
use uuid::Uuid;

use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn of_a_write_whose_task_panicked_nobody_says_that_nothing_was_done() {
    let service = Service::start().await;
    let draft = EventDraft { name: "A show".to_owned(), total_seats: Some(10), ..EventDraft::default() };
    let new = NewEvent::try_from(draft).expect("the draft is valid");
    let keep = ResponseToStore {
        idempotency: Idempotency { key: Uuid::now_v7(), fingerprint: [0; 32] },
        answer: |_| panic!("a bug, on purpose"),
    };
    let failed = create_event(&service.database.pool, new, Some(keep)).await.expect_err("its task panicked");
    assert_eq!(ApiError::from(failed).code, ErrorCode::OutcomeUnknown);
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 0);
}
