#include "services/gateway/timeline/own_histories.h"

#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/gateway/credit/credit_store.h"
#include "services/gateway/dispute/dispute_store.h"
#include "services/gateway/handover/handover_store.h"
#include "services/runtime/journal/entries.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway::timeline {
namespace {

constexpr int kMostOfASubject = 25;
constexpr int kMostOwnEntries = 500;

using Names = std::vector<std::string>;

// The handovers of a record, the latest first; one more than there is room for.
absl::StatusOr<Names> HandoversOf(storage::Reader& reader, const std::string& subject) {
  HandoverQuery query;
  query.subject = subject;
  query.limit = kMostOfASubject + 1;
  COMITY_ASSIGN_OR_RETURN(const auto handovers, ListHandovers(reader, query));
  Names names;
  for (const v1::Handover& handover : handovers) names.push_back(handover.name());
  return names;
}

absl::StatusOr<Names> StatementsOf(storage::Reader& reader, const std::string& subject) {
  Names names;
  if (resource::CollectionOf(subject) != "opportunities") return names;
  credit::StatementQuery query;
  query.opportunity = subject;
  query.limit = kMostOfASubject + 1;
  COMITY_ASSIGN_OR_RETURN(const auto statements, credit::ListStatements(reader, query));
  for (const v1::CreditStatement& statement : statements) names.push_back(statement.name());
  return names;
}

absl::StatusOr<Names> DisputesOver(storage::Reader& reader, const std::string& subject) {
  DisputeQuery query;
  query.subject = subject;
  query.limit = kMostOfASubject + 1;
  COMITY_ASSIGN_OR_RETURN(const auto disputes, ListDisputes(reader, query));
  Names names;
  for (const v1::Dispute& dispute : disputes) names.push_back(dispute.name());
  return names;
}

// What the gateway owns about records. The next kind is one more line.
struct OwnKind {
  const char* collection;
  absl::StatusOr<Names> (*list)(storage::Reader& reader, const std::string& subject);
};
constexpr OwnKind kOwnKinds[] = {
    {kHandovers, HandoversOf},
    {credit::kStatements, StatementsOf},
    {kDisputes, DisputesOver},
};

absl::Status AddHistory(storage::Reader& reader, const std::string& name, absl::Time as_of,
                        std::vector<Told>* told, Parts* parts) {
  COMITY_ASSIGN_OR_RETURN(const auto stored,
                          journal::ReadHistory(reader, name, 0, kMostOwnEntries + 1));
  google::protobuf::RepeatedPtrField<journal::v1::PositionedEntry> entries;
  COMITY_RETURN_IF_ERROR(journal::AddEntries(stored, &entries));
  const std::string collection = resource::CollectionOf(name);
  if (entries.size() > kMostOwnEntries) {
    entries.RemoveLast();
    parts->HasMore(collection);
  }
  bool is_told = false;
  for (journal::v1::PositionedEntry& entry : entries) {
    if (resource::ToTime(entry.entry().record_time()) > as_of) break;
    told->push_back({"gateway", std::move(entry)});
    is_told = true;
  }
  if (is_told) parts->Took(collection);
  return absl::OkStatus();
}

absl::Status AddOwn(storage::Reader& reader, const OwnKind& kind,
                    const std::set<std::string>& subjects, absl::Time as_of,
                    std::vector<Told>* told, Parts* parts) {
  parts->Read(kind.collection);
  for (const std::string& subject : subjects) {
    COMITY_ASSIGN_OR_RETURN(Names names, kind.list(reader, subject));
    if (names.size() > kMostOfASubject) {
      names.pop_back();
      parts->HasMore(kind.collection);
    }
    for (const std::string& name : names) {
      COMITY_RETURN_IF_ERROR(AddHistory(reader, name, as_of, told, parts));
    }
  }
  return absl::OkStatus();
}

bool MayReadOwn(const Call& call, const char* collection) {
  return call.principal.HasRole(type::v1::ROLE_AUDITOR) ||
         call.charter().MayRead(call.principal.department, collection);
}

}  // namespace

absl::Status ReadOwnHistories(Call& call, const std::string& name,
                              const std::set<std::string>& subjects, absl::Time as_of,
                              std::vector<Told>* told, Parts* parts) {
  std::set<std::string> all = subjects;
  all.insert(name);
  std::vector<Told> own;
  Parts told_of = *parts;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    own.clear();  // a read may run again
    told_of = *parts;
    for (const OwnKind& kind : kOwnKinds) {
      if (MayReadOwn(call, kind.collection)) {
        COMITY_RETURN_IF_ERROR(AddOwn(reader, kind, all, as_of, &own, &told_of));
      } else {
        told_of.Failed(
            kind.collection,
            PermissionDenied("RIGHT_REQUIRED",
                             absl::StrCat("the charter gives ", call.principal.department,
                                          " no right to read ", kind.collection)));
      }
    }
    return absl::OkStatus();
  }));
  *parts = std::move(told_of);
  for (Told& entry : own) told->push_back(std::move(entry));
  return absl::OkStatus();
}

}  // namespace comity::gateway::timeline
