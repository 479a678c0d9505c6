//! Currencies: known codes, and the digits of their minor units.

use boxoffice_engine::money::Currency;

#[test]
fn a_minor_unit_has_the_digits_of_iso_4217_and_an_unknown_one_has_two() {
    let digits = [("EUR", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("ISK", 0), ("KWD", 3), ("TND", 3), ("MRU", 2)];
    let unknown_or_without_digits = [("ABC", 2), ("XAU", 2)];
    for (code, digits) in digits.into_iter().chain(unknown_or_without_digits) {
        assert_eq!(Currency::parse(code).map(Currency::exponent), Some(digits), "{code}");
    }
}

#[test]
fn a_code_is_known_if_iso_4217_has_it_as_money() {
    for known in ["EUR", "JPY", "KWD", "XOF", "VES"] {
        assert!(Currency::parse_known(known).is_some(), "{known}");
    }
    for (kind, refused) in [("unknown", "ABC"), ("special", "XDR"), ("fund", "BOV"), ("form", "eur"), ("form", "EURO")]
    {
        assert!(Currency::parse_known(refused).is_none(), "{kind}: {refused}");
    }
}
