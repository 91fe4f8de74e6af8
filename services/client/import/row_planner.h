// Plans one row; collects its problems.
#ifndef COMITY_CLIENT_IMPORT_ROW_PLANNER_H_
#define COMITY_CLIENT_IMPORT_ROW_PLANNER_H_

#include <functional>
#include <set>
#include <string>

#include "services/client/import/date_source.h"
#include "services/client/import/plan.h"

namespace comity::client {

class RowPlanner {
 public:
  RowPlanner(const Planner& planner, const Row& row, const RowContext& context);
  RowPlan Run();
  // The dates of a source as the cells say them; not those that the map itself says.
  std::set<std::string> TextsOf(const DateSource& source);

 private:
  // A cell as the map reads it.
  struct Value {
    std::string text;       // empty: blank
    std::string cell;       // as it stands in the file
    std::string column;     // the first, where there are several
    bool is_cells = false;  // as the file writes it, not as the map says it
    bool is_plain = false;  // a whole cell that is a number by its format
  };

  const std::string& CellOf(const std::string& column) const;
  // Whether the value is one cell as a whole, written as its format says.
  bool IsPlain(const ValueSpec& spec) const;
  void Refuse(const std::string& column, const std::string& value, absl::string_view reason,
              absl::string_view message);
  bool CheckCells();
  void CheckKnown();
  bool IsBlank(const std::string& text) const { return map_.blanks.contains(text); }

  bool SetIdentity();
  bool SetChosenId();
  // Whether the collection may have such an id; else the row is refused.
  bool TakesId(const Collection& collection, const std::string& id, const std::string& column);
  void SetSubject();
  void SetExternalId(const std::string& id);

  bool Holds(const WhenSpec& spec, bool anything) const;
  bool HoldsHere(const Conditions& when) const;
  bool HeldBefore(const WhenSpec& spec) const;

  Value Read(const ValueSpec& spec);
  std::string TextOf(const ValueSpec& spec) const;
  std::string Joined(const ValueSpec& spec) const;
  std::string Translated(const ValueSpec& spec, const Value& value);
  void RefuseBlank(const Value& value);
  // `fact`: the index of the fact that is filled; -1: the record.
  void SetFields(const Fields& fields, int fact, google::protobuf::Message* message,
                 std::vector<std::string>* paths);
  // Of a fact or judgement: where the map takes its time from the row, a blank one is not now.
  void CheckTime(const Fields& fields);
  bool SetValue(const ValueSpec& spec, const Value& value, const std::string& path,
                google::protobuf::Message* message);
  bool ReadNumber(const ValueSpec& spec, const Value& value, bool is_money, std::string* text);
  bool TakeCurrency(const ValueSpec& spec, const Value& value, std::string* currency);
  bool IsClear(const Value& value, absl::string_view number, absl::string_view currency);
  bool ReadTime(const ValueSpec& spec, const Value& value, WrittenDate* date);
  void AddReference(const std::string& path, int fact, const ValueSpec& spec, const Value& value);
  void MakeOther(const ValueSpec& spec, Reference* reference);
  // Takes the cell of `each` apart: `act` finds one part after the other in it.
  void ForEachPart(const std::string& each, const std::string& split,
                   const std::function<void()>& act);
  bool IsNameOf(absl::string_view part) const;
  void AddFacts(const FactSpec& spec);
  void AddFact(const FactSpec& spec);
  void AddJudgement(const JudgementSpec& spec);

  const Planner& planner_;
  const ImportMap& map_;
  const Row& row_;
  const RowContext& context_;
  RowPlan plan_;
  const std::string* each_column_ = nullptr;  // that is taken apart, and its part
  std::string each_value_;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_ROW_PLANNER_H_
