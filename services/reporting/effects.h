// What one intake changes, as plain rows: taken from journal entries, kept in the tables, applied
// to the state in memory. All times are microseconds since the epoch, all ids the 16 bytes of a
// UUID.
#ifndef COMITY_REPORTING_EFFECTS_H_
#define COMITY_REPORTING_EFFECTS_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "comity/fact/v1/fact.pb.h"
#include "comity/journal/v1/journal.pb.h"
#include "comity/reporting/v1/intake.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace comity::reporting {

// A time that is not there.
inline constexpr int64_t kNever = std::numeric_limits<int64_t>::min();

// The place of a row: the position of its entry in the source's journal.
using Position = int64_t;

// What one line of an opportunity weighs when the amount is split between products.
struct Line {
  std::string product;  // `products/…`; may be empty
  int64_t value = 0;    // quantity × unit price, in minor units
};

// An amount in minor units; without a currency there is none.
struct Amount {
  int64_t minor = 0;
  std::string currency;  // ISO 4217; empty: no amount
};

// An opportunity's reportable state after an entry.
struct OpportunityVersion {
  Position position = 0;
  std::string opportunity;
  std::string account;  // may be empty
  std::string owner;    // `persons/…`; may be empty
  std::string external_id;
  Amount amount;
  int32_t close_date = 0;  // yyyymmdd; 0: none
  int64_t open_time = kNever;
  int64_t engage_time = kNever;
  int64_t sign_time = kNever;
  int64_t decline_time = kNever;
  std::vector<Line> lines;
  bool withdrawn = false;  // the workflow that made it was undone: it counts nowhere
};

// A fact about an opportunity, kept for reports with `occurred_before`.
struct FactRow {
  Position position = 0;
  std::string fact;
  std::string opportunity;
  fact::v1::FactKind kind = fact::v1::FACT_KIND_UNSPECIFIED;
  int64_t occur_time = 0;
  Amount amount;
  int32_t close_date = 0;
  std::string owner;
  std::string supersedes;  // the fact that this one corrects or voids; may be empty
};

// A department's judgement of an opportunity; an empty answer withdraws.
struct JudgementRow {
  Position position = 0;
  std::string opportunity;
  std::string question;
  std::string department;
  std::string answer;
  int64_t occur_time = 0;
};

// What reports need to know of a case beside its facts.
struct CaseVersion {
  Position position = 0;
  std::string subject;  // the case
  std::string account;  // may be empty
  std::string product;  // `products/…`; may be empty
  std::string source;   // of the external id; may be empty
  std::string external_id;
  bool withdrawn = false;  // as of an opportunity
};

// A fact about a case.
struct CaseEvent {
  Position position = 0;
  std::string fact;
  std::string subject;  // the case
  fact::v1::FactKind kind = fact::v1::FACT_KIND_UNSPECIFIED;
  int64_t occur_time = 0;
  std::string team;        // `teams/…`: who has it from then on; may be empty
  std::string owner;       // `persons/…`: likewise
  std::string supersedes;  // the fact that this one corrects or voids; may be empty
};

// That a dispute about an opportunity or a case was opened, or has ended.
struct DisputeRow {
  Position position = 0;
  std::string dispute;
  std::string subject;  // `opportunities/…`, `cases/…`
  bool open = false;
  int64_t occur_time = 0;
};

// What reports need to know of persons, teams, products and accounts.
struct NamedVersion {
  Position position = 0;
  std::string name;  // `persons/…`, `teams/…`, `products/…`, `accounts/…`
  std::string display_name;
  std::string team;     // persons
  std::string office;   // persons
  std::string manager;  // persons
  std::string sector;   // accounts
};

// Rows of one intake, each list in order of position.
struct Effects {
  v1::Intake intake;
  std::vector<OpportunityVersion> opportunities;
  std::vector<FactRow> facts;
  std::vector<JudgementRow> judgements;
  std::vector<NamedVersion> named;
  std::vector<CaseVersion> cases;
  std::vector<CaseEvent> case_events;
  std::vector<DisputeRow> disputes;
  // For the log: what could not be read, and why; without personal data.
  std::vector<std::string> unreadable;
};

using Batch = google::protobuf::RepeatedPtrField<journal::v1::PositionedEntry>;

// The effects of a batch; `intake` says number, source and range. Entries of types that reports do
// not use have none. What cannot be read has none either, and an amount without exact minor units
// is none: both are noted, for one entry must not end the intake of all that follow. Pure.
Effects Extract(const Batch& batch, v1::Intake intake);

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_EFFECTS_H_
