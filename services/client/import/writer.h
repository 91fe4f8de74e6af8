// Brings planned rows into the record: rows that are records, rows about a subject, persons.
#ifndef COMITY_CLIENT_IMPORT_WRITER_H_
#define COMITY_CLIENT_IMPORT_WRITER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/client/api/caller.h"
#include "services/client/import/compare.h"
#include "services/client/import/ledger.h"
#include "services/client/import/map.h"
#include "services/runtime/charter/charter.h"

namespace comity::client {

struct WriteContext {
  Caller* caller = nullptr;
  Identity as;
  const ImportMap* map = nullptr;
  Ledger* ledger = nullptr;
  bool dry_run = false;
  bool overrule = false;                      // what contradicts is corrected where it can be
  size_t most_waiting_bytes = 256 << 20;      // of rows that name rows which stand later
  const charter::Charter* charter = nullptr;  // facts and judgements are checked by it; may be null
  std::function<bool()> is_interrupted;       // whether to stop; may be null
};

// CANCELLED reason INTERRUPTED.
absl::Status Interrupted();

class Writer {
 public:
  virtual ~Writer() = default;
  // Takes rows; each ends in the ledger, and those that have problems already as refused. A status
  // that is not OK stops the import: a call failed as a whole; what was taken stays, and a
  // repetition completes the rest. Thread-safe; rows about one subject come one batch after the
  // other.
  virtual absl::Status Write(std::vector<RowPlan> rows) = 0;
  // Takes the rows that waited for others of the same file.
  virtual absl::Status Finish() = 0;
};

std::unique_ptr<Writer> MakeWriter(const WriteContext& context);
std::unique_ptr<Writer> MakeRecordWriter(const WriteContext& context);
std::unique_ptr<Writer> MakeEventWriter(const WriteContext& context);
std::unique_ptr<Writer> MakePersonWriter(const WriteContext& context);

// A row on its way.
struct Work {
  RowPlan plan;
  std::string name;  // of the record or subject, once it is there; kNotStored in a dry run
  Held held;
  Difference difference;
  std::vector<Problem> problems;
  bool made = false;  // the record is new, with all of its row
};

// Stands for the name of what a dry run would have made.
inline constexpr char kNotStored[] = "-";

// What is recorded along with a record: of which row it is.
struct Along {
  std::string row_id;
  std::vector<fact::v1::Fact> facts;
  std::vector<judgement::v1::Judgement> judgements;
};

// The problem of a row that a service refused.
Problem Refusal(const RowPlan& row, const std::string& part, const absl::Status& status);
// The same where the part is told by the error.
Problem Refusal(const RowPlan& row, const Along& along, const absl::Status& status);
// What an earlier item of a batch makes possible: where that one had to be sent again, it came
// later.
bool DependsOnEarlier(const absl::Status& status);
// A person or team of which the service has not heard yet; in a dry run, one that would be made.
bool IsNewsToCome(const absl::Status& status);
// Adds facts and judgements to a Create or Update request; judgements carry the import's mark.
void AddAlong(const WriteContext& context, const Along& along, google::protobuf::Message* request);
// Where every row of a batch ended.
void Settle(const WriteContext& context, const std::vector<Work>& works);
// Whether a call was refused for who asks or what it asks: every other row would meet the same.
bool IsDenied(const absl::Status& status);
// A call failed as a whole. Where it was refused, nothing of it was taken, and its rows count as
// not reached; else what became of them is not known.
void SettleFailed(const WriteContext& context, const std::vector<Work>& works,
                  const absl::Status& status);
// How rows of the map are compared.
Comparison ComparisonOf(const WriteContext& context);
// What facts and judgements must be whatever the services hold: what would be refused is refused
// before anything is made or recorded for its row.
void CheckPlan(const WriteContext& context, absl::Time now, RowPlan* plan);
// Sets `validate_only` in a dry run, and a request id: the same content on the same state of the
// record gives the same one. `held`: what tells that state, e.g. an etag.
void Stamp(const WriteContext& context, absl::string_view held, google::protobuf::Message* request);
// Request of Create; `id`: external or chosen.
std::unique_ptr<google::protobuf::Message> CreateRequest(const WriteContext& context,
                                                         const Collection& collection,
                                                         const std::string& id,
                                                         const google::protobuf::Message& record,
                                                         const Along& along = {});
// Sends a batch again for items that name a person or team of which the service has not heard yet.
// What is refused as a whole for what one item carries is sent one by one.
absl::StatusOr<std::vector<ItemResult>> SendPatiently(
    const WriteContext& context, absl::string_view method,
    const std::vector<std::unique_ptr<google::protobuf::Message>>& requests);
// Brings what `difference` of each work without problems says into a record that is there: changed
// fields, facts and judgements of a row all or not at all, rows in their order. (A department that
// may record and judge, but not update: part by part.) `overtaken`: rows whose edit somebody else's
// overtook. Who may not update has rows unchanged whose record says it all. An error where the
// service could not be asked.
absl::Status WriteDifferences(const WriteContext& context, const Collection& collection,
                              std::vector<Work>* works, std::vector<Work*>* overtaken);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_WRITER_H_
