#include "services/reporting/report_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/time_util.h"
#include "services/reporting/effect_rows.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::reporting {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Value;

constexpr int kIntakesAtOnce = 2000;
constexpr int64_t kEntriesAtOnce = 4'000;
constexpr size_t kRowsAtOnce[] = {64, 8, 1};  // of one INSERT: few statements to prepare

std::string InsertText(const EffectTable& table, size_t rows) {
  const std::string row = absl::StrCat(
      "(", absl::StrJoin(std::vector<std::string>(static_cast<size_t>(table.width) + 3, "?"), ", "),
      ")");
  return absl::StrCat("INSERT INTO ", table.name, " (generation, intake, position, ", table.columns,
                      ") VALUES ", absl::StrJoin(std::vector<std::string>(rows, row), ", "));
}

template <typename Row>
absl::Status InsertRows(storage::Transaction& tx, const EffectTable& table, int64_t generation,
                        absl::Span<const Effects> effects, std::vector<Row> Effects::*list) {
  std::vector<std::pair<int64_t, const Row*>> rows;  // with their intakes
  for (const Effects& each : effects) {
    for (const Row& row : each.*list) rows.emplace_back(each.intake.number(), &row);
  }
  for (size_t done = 0; done < rows.size();) {
    const size_t left = rows.size() - done;
    const size_t count = *std::find_if(std::begin(kRowsAtOnce), std::end(kRowsAtOnce),
                                       [&](size_t size) { return size <= left; });
    std::vector<Value> values;
    values.reserve(count * (static_cast<size_t>(table.width) + 3));
    for (size_t i = done; i < done + count; ++i) {
      const auto& [intake, row] = rows[i];
      values.insert(values.end(), {Value(generation), Value(intake), Value(row->position)});
      Write(*row, &values);
    }
    COMITY_RETURN_IF_ERROR(tx.Execute(InsertText(table, count), values).status());
    done += count;
  }
  return absl::OkStatus();
}

// Reads the rows of a range of intakes into the list of each.
template <typename Row>
absl::Status ReadRows(storage::Reader& reader, const EffectTable& table, int64_t generation,
                      std::vector<Row> Effects::*list, std::vector<Effects>* effects) {
  const int64_t first = effects->front().intake.number();
  const int64_t last = effects->back().intake.number();
  COMITY_ASSIGN_OR_RETURN(
      auto rows,
      reader.Query(absl::StrCat("SELECT intake, position, ", table.columns, " FROM ", table.name,
                                " FORCE INDEX (PRIMARY) WHERE generation = ? AND intake BETWEEN ? "
                                "AND ? ORDER BY generation, intake, position"),
                   {generation, first, last}));
  while (rows->Next()) {
    Row row;
    Read(*rows, &row);
    ((*effects)[static_cast<size_t>(rows->Int(0) - first)].*list).push_back(std::move(row));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Head> ReadHead(storage::Reader& reader) {
  COMITY_ASSIGN_OR_RETURN(
      auto rows, reader.Query("SELECT generation, number FROM intake_heads WHERE id = 1", {}));
  if (!rows->Next()) return Head();
  return Head{rows->Int(0), rows->Int(1)};
}

absl::Status MoveHead(storage::Transaction& tx, const Head& from, const Head& to) {
  return tx.ExecuteOne(
      "UPDATE intake_heads SET generation = ?, number = ? WHERE id = 1 AND generation = ? AND "
      "number = ?",
      {to.generation, to.number, from.generation, from.number});
}

absl::StatusOr<std::string> ReadLastEntry(storage::Reader& reader, const std::string& source,
                                          int64_t position) {
  COMITY_ASSIGN_OR_RETURN(
      auto rows,
      reader.Query("SELECT last_entry FROM source_ends WHERE source = ? AND to_position = ?",
                   {source, position}));
  return rows->Next() ? rows->Bytes(0) : std::string();
}

absl::Status PutLastEntry(storage::Transaction& tx, const std::string& source, int64_t position,
                          const std::string& entry) {
  return tx
      .Execute(
          "INSERT INTO source_ends (source, to_position, last_entry) VALUES (?, ?, ?) "
          "ON DUPLICATE KEY UPDATE to_position = VALUES(to_position), "
          "last_entry = VALUES(last_entry)",
          {source, position, entry})
      .status();
}

absl::Status InsertIntake(storage::Transaction& tx, const v1::Intake& intake, int64_t record_time) {
  return tx
      .Execute(
          "INSERT INTO intakes (number, source, from_position, to_position, newest_record_time, "
          "charter_revision, record_time) VALUES (?, ?, ?, ?, ?, ?, ?)",
          {intake.number(), intake.source(), intake.from_position(), intake.to_position(),
           TimeUtil::TimestampToMicroseconds(intake.newest_record_time()),
           int64_t{intake.charter_revision()}, record_time})
      .status();
}

absl::StatusOr<std::vector<v1::Intake>> ListIntakes(storage::Reader& reader, int64_t after,
                                                    int64_t last, int limit) {
  COMITY_ASSIGN_OR_RETURN(
      auto rows,
      reader.Query("SELECT number, source, from_position, to_position, newest_record_time, "
                   "charter_revision FROM intakes WHERE number > ? AND number <= ? "
                   "ORDER BY number LIMIT ?",
                   {after, last, int64_t{limit}}));
  std::vector<v1::Intake> intakes;
  while (rows->Next()) {
    v1::Intake& intake = intakes.emplace_back();
    intake.set_number(rows->Int(0));
    intake.set_source(rows->Bytes(1));
    intake.set_from_position(rows->Int(2));
    intake.set_to_position(rows->Int(3));
    if (rows->Int(4) != 0) {
      *intake.mutable_newest_record_time() = TimeUtil::MicrosecondsToTimestamp(rows->Int(4));
    }
    intake.set_charter_revision(static_cast<int32_t>(rows->Int(5)));
  }
  return intakes;
}

absl::Status InsertEffects(storage::Transaction& tx, int64_t generation,
                           absl::Span<const Effects> effects) {
  COMITY_RETURN_IF_ERROR(InsertRows(tx, kVersions, generation, effects, &Effects::opportunities));
  COMITY_RETURN_IF_ERROR(InsertRows(tx, kFacts, generation, effects, &Effects::facts));
  COMITY_RETURN_IF_ERROR(InsertRows(tx, kJudgements, generation, effects, &Effects::judgements));
  COMITY_RETURN_IF_ERROR(InsertRows(tx, kNamed, generation, effects, &Effects::named));
  COMITY_RETURN_IF_ERROR(InsertRows(tx, kCases, generation, effects, &Effects::cases));
  COMITY_RETURN_IF_ERROR(InsertRows(tx, kCaseEvents, generation, effects, &Effects::case_events));
  return InsertRows(tx, kDisputes, generation, effects, &Effects::disputes);
}

absl::StatusOr<std::vector<Effects>> ReadEffects(storage::Reader& reader, int64_t generation,
                                                 const std::vector<v1::Intake>& intakes) {
  std::vector<Effects> effects(intakes.size());
  if (intakes.empty()) return effects;
  for (size_t i = 0; i < intakes.size(); ++i) effects[i].intake = intakes[i];
  COMITY_RETURN_IF_ERROR(
      ReadRows(reader, kVersions, generation, &Effects::opportunities, &effects));
  COMITY_RETURN_IF_ERROR(ReadRows(reader, kFacts, generation, &Effects::facts, &effects));
  COMITY_RETURN_IF_ERROR(ReadRows(reader, kJudgements, generation, &Effects::judgements, &effects));
  COMITY_RETURN_IF_ERROR(ReadRows(reader, kNamed, generation, &Effects::named, &effects));
  COMITY_RETURN_IF_ERROR(ReadRows(reader, kCases, generation, &Effects::cases, &effects));
  COMITY_RETURN_IF_ERROR(
      ReadRows(reader, kCaseEvents, generation, &Effects::case_events, &effects));
  COMITY_RETURN_IF_ERROR(ReadRows(reader, kDisputes, generation, &Effects::disputes, &effects));
  return effects;
}

absl::Status ReplayEffects(storage::Reader& reader, int64_t generation, int64_t after, int64_t last,
                           const std::function<absl::Status(const Effects&)>& take) {
  while (after < last) {
    COMITY_ASSIGN_OR_RETURN(std::vector<v1::Intake> intakes,
                            ListIntakes(reader, after, last, kIntakesAtOnce));
    if (intakes.empty()) return absl::OkStatus();
    // As many as hold a bounded number of entries: results are buffered whole.
    int64_t entries = 0;
    const auto end = std::find_if(intakes.begin(), intakes.end(), [&](const v1::Intake& intake) {
      entries += intake.to_position() - intake.from_position();
      return entries > kEntriesAtOnce;
    });
    intakes.erase(std::max(end, intakes.begin() + 1), intakes.end());
    COMITY_ASSIGN_OR_RETURN(const std::vector<Effects> effects,
                            ReadEffects(reader, generation, intakes));
    // A switch comes before the first row is deleted: what was read before now is whole.
    COMITY_ASSIGN_OR_RETURN(const Head head, ReadHead(reader));
    if (head.generation != generation) return ConcurrentChange("reporting was rebuilt meanwhile");
    for (const Effects& each : effects) COMITY_RETURN_IF_ERROR(take(each));
    after = intakes.back().number();
  }
  return absl::OkStatus();
}

}  // namespace comity::reporting
