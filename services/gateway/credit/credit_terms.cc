#include "services/gateway/credit/credit_terms.h"

#include "google/protobuf/empty.pb.h"
#include "services/gateway/credit/credit_rules.h"
#include "services/gateway/credit/credit_store.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

constexpr absl::Duration kTermPoll = absl::Seconds(5);  // terms are days

absl::Status NoteTermOf(Call& call, const std::string& name) {
  google::protobuf::Empty none;
  return storage::TransactInto(
      call, storage::TransactOptions(),
      [&](storage::Transaction& tx) -> absl::Status {
        COMITY_ASSIGN_OR_RETURN(credit::StoredStatement stored, credit::ReadStatement(tx, name));
        const credit::CreditEvents events = credit::NoteTerm(call.now, &stored.statement);
        return events.empty() ? absl::OkStatus() : credit::SaveStatement(tx, stored, events);
      },
      &none);
}

}  // namespace

CreditTerms::CreditTerms(const Runtime* runtime)
    : DueTimer(runtime, {"CreditTerms", kTermPoll, credit::DueStatements, NoteTermOf}) {}

}  // namespace comity::gateway
