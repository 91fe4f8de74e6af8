#include "services/runtime/charter/affected.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/string_view.h"
#include "services/runtime/charter/charter.h"

namespace comity::charter {
namespace {

using Document = type::v1::Charter;

constexpr absl::string_view kReports = "reports";

// Collects departments; `*` stands for all.
class Touched {
 public:
  void Add(const std::string& department) {
    if (department == kEvery) all_ = true;
    if (!department.empty()) departments_.insert(department);
  }
  template <typename List>
  void AddEach(const List& departments) {
    for (const auto& department : departments) Add(department);
  }
  void AddAll() { all_ = true; }

  std::vector<std::string> Of(const Document& before, const Document& after) const {
    std::vector<std::string> ordered;
    for (const Document* charter : {&before, &after}) {
      for (const std::string& department : charter->departments()) {
        const bool is_touched = all_ || departments_.contains(department);
        const bool is_new = std::find(ordered.begin(), ordered.end(), department) == ordered.end();
        if (is_touched && is_new) ordered.push_back(department);
      }
    }
    return ordered;
  }

 private:
  bool all_ = false;
  std::set<std::string> departments_;
};

// Calls `touch` with each element that only one of the lists has, by all that it says. Whatever
// stands in both is untouched, wherever it stands: for lists whose elements are found by their
// names.
template <typename List, typename Function>
void EachDifference(const List& before, const List& after, Function touch) {
  std::map<std::string, int> count;  // in `before` less in `after`
  for (const auto& element : before) ++count[element.SerializeAsString()];
  for (const auto& element : after) --count[element.SerializeAsString()];
  for (const List* list : {&before, &after}) {
    for (const auto& element : *list) {
      if (count[element.SerializeAsString()] != 0) touch(element);
    }
  }
}

void AddReadersOfReports(const Document& charter, Touched* touched) {
  for (const type::v1::Access& access : charter.access()) {
    const bool is_reports = access.collection() == kReports || access.collection() == kEvery;
    if (is_reports && access.read()) touched->Add(access.department());
  }
}

// Whose records they are: who updates them. What nobody updates (handovers, statements, reports)
// tells of all.
void AddOwners(const Document& charter, absl::string_view collection, Touched* touched) {
  bool is_owned = false;
  for (const type::v1::Access& access : charter.access()) {
    const bool is_same = access.collection() == kEvery || access.collection() == collection;
    if (!is_same || !access.update()) continue;
    touched->Add(access.department());
    is_owned = true;
  }
  if (!is_owned) touched->AddAll();
}

bool IsCounted(const Document& charter, absl::string_view question) {
  const auto& metrics = charter.metrics();
  return std::any_of(metrics.begin(), metrics.end(), [&](const auto& metric) {
    const auto& questions = metric.questions();
    return std::find(questions.begin(), questions.end(), question) != questions.end();
  });
}

void AddQuestion(const type::v1::Question& question, Touched* touched) {
  touched->AddEach(question.voices());
  touched->Add(question.decider());
  touched->AddEach(question.settlement().precedence());
  for (const auto& weight : question.settlement().weights()) touched->Add(weight.department());
  for (const auto& answer : question.answers()) touched->AddEach(answer.leaves_working_list_of());
}

void AddAgreement(const type::v1::HandoverAgreement& agreement, Touched* touched) {
  touched->Add(agreement.from());
  touched->Add(agreement.to());
  touched->Add(agreement.escalate_to());
}

void AddUsersOfCalendar(const Document& charter, absl::string_view calendar, Touched* touched) {
  for (const auto& question : charter.questions()) {
    if (question.settlement().calendar() == calendar) AddQuestion(question, touched);
  }
  for (const auto& agreement : charter.handovers()) {
    if (agreement.calendar() == calendar) AddAgreement(agreement, touched);
  }
  // Anybody may be a party.
  if (charter.disputes().calendar() == calendar) touched->AddAll();
}

bool HasKey(const Document& charter, absl::string_view department) {
  const auto& keys = charter.keys();
  return std::any_of(keys.begin(), keys.end(),
                     [&](const auto& key) { return key.department() == department; });
}

// What is not compared section by section.
std::string TheRest(Document charter) {
  charter.clear_revision();
  charter.clear_provisional();
  charter.clear_questions();
  charter.clear_access();
  charter.clear_metrics();
  charter.clear_handovers();
  charter.clear_credit_rules();
  charter.clear_calendars();
  charter.clear_keys();
  return charter.SerializeAsString();
}

void CompareWords(const Document& before, const Document& after, Touched* touched) {
  EachDifference(before.questions(), after.questions(), [&](const type::v1::Question& question) {
    AddQuestion(question, touched);
    for (const Document* charter : {&before, &after}) {
      if (IsCounted(*charter, question.name())) AddReadersOfReports(*charter, touched);
    }
  });
  EachDifference(before.metrics(), after.metrics(), [&](const auto&) {
    for (const Document* charter : {&before, &after}) AddReadersOfReports(*charter, touched);
  });
  EachDifference(before.access(), after.access(), [&](const type::v1::Access& access) {
    touched->Add(access.department());
    for (const Document* charter : {&before, &after}) {
      AddOwners(*charter, access.collection(), touched);
    }
  });
}

// The first rule that names a department is its rule, so one that comes, goes or moves changes what
// others get.
void CompareCreditRules(const Document& before, const Document& after, Touched* touched) {
  const auto text = [](const Document& charter) {
    Document rules;
    *rules.mutable_credit_rules() = charter.credit_rules();
    return rules.SerializeAsString();
  };
  if (text(before) == text(after)) return;
  for (const Document* charter : {&before, &after}) {
    for (const auto& rule : charter->credit_rules()) touched->AddEach(rule.departments());
  }
}

void CompareAgreements(const Document& before, const Document& after, Touched* touched) {
  EachDifference(before.handovers(), after.handovers(),
                 [&](const auto& agreement) { AddAgreement(agreement, touched); });
  CompareCreditRules(before, after, touched);
  EachDifference(before.calendars(), after.calendars(), [&](const auto& calendar) {
    for (const Document* charter : {&before, &after}) {
      AddUsersOfCalendar(*charter, calendar.name(), touched);
    }
  });
  EachDifference(before.keys(), after.keys(), [&](const auto& key) {
    touched->Add(key.department());
    if (!HasKey(before, key.department())) touched->AddAll();
  });
}

}  // namespace

std::vector<std::string> AffectedDepartments(const Document& before, const Document& after) {
  Touched touched;
  if (before.provisional() || TheRest(before) != TheRest(after)) touched.AddAll();
  CompareWords(before, after, &touched);
  CompareAgreements(before, after, &touched);
  return touched.Of(before, after);
}

}  // namespace comity::charter
