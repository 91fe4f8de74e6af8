// Effect rows ↔ columns of their tables.
#ifndef COMITY_REPORTING_EFFECT_ROWS_H_
#define COMITY_REPORTING_EFFECT_ROWS_H_

#include <string>
#include <vector>

#include "services/reporting/effects.h"
#include "services/runtime/storage/session.h"

namespace comity::reporting {

// A table of effects: its columns after (generation, intake, position).
struct EffectTable {
  const char* name;
  const char* columns;
  int width;  // number of those columns
};
inline constexpr EffectTable kVersions = {
    "opportunity_versions",
    "opportunity, account, owner, external_id, amount, currency, close_date, open_time, "
    "engage_time, sign_time, decline_time, line_items, withdrawn",
    13};
inline constexpr EffectTable kFacts = {"opportunity_facts",
                                       "fact, opportunity, kind, occur_time, amount, currency, "
                                       "close_date, owner, supersedes",
                                       9};
inline constexpr EffectTable kJudgements = {
    "opportunity_judgements", "opportunity, question, department, answer, occur_time", 5};
inline constexpr EffectTable kNamed = {"named_versions",
                                       "name, display_name, team, office, manager, sector", 6};
inline constexpr EffectTable kCases = {
    "case_versions", "subject, account, product, source, external_id, withdrawn", 6};
inline constexpr EffectTable kCaseEvents = {
    "case_events", "fact, subject, kind, occur_time, team, owner, supersedes", 7};
inline constexpr EffectTable kDisputes = {"dispute_versions",
                                          "dispute, subject, is_open, occur_time", 4};
inline constexpr EffectTable kEffectTables[] = {kVersions, kFacts,      kJudgements, kNamed,
                                                kCases,    kCaseEvents, kDisputes};

// Appends the values of the table's columns.
void Write(const OpportunityVersion& row, std::vector<storage::Value>* values);
void Write(const FactRow& row, std::vector<storage::Value>* values);
void Write(const JudgementRow& row, std::vector<storage::Value>* values);
void Write(const NamedVersion& row, std::vector<storage::Value>* values);
void Write(const CaseVersion& row, std::vector<storage::Value>* values);
void Write(const CaseEvent& row, std::vector<storage::Value>* values);
void Write(const DisputeRow& row, std::vector<storage::Value>* values);

// Reads the current row: intake in column 0, position in 1, then the table's columns.
void Read(const storage::Rows& rows, OpportunityVersion* row);
void Read(const storage::Rows& rows, FactRow* row);
void Read(const storage::Rows& rows, JudgementRow* row);
void Read(const storage::Rows& rows, NamedVersion* row);
void Read(const storage::Rows& rows, CaseVersion* row);
void Read(const storage::Rows& rows, CaseEvent* row);
void Read(const storage::Rows& rows, DisputeRow* row);

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_EFFECT_ROWS_H_
