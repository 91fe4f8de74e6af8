#include "services/runtime/charter/charter.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/runtime/calendar/calendar.h"
#include "services/runtime/charter/document_checks.h"
#include "services/runtime/charter/settlement.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::charter {
namespace {

constexpr size_t kMostName = 63;
// About opportunities: those that reports follow.
constexpr absl::string_view kDecidingFacts[] = {"created", "engaged", "signed", "declined"};

bool Names(absl::string_view pattern, absl::string_view value) {
  return pattern == kEvery || pattern == value;
}

absl::Status CheckDepartments(const type::v1::Charter& document, absl::string_view place,
                              const google::protobuf::RepeatedPtrField<std::string>& names) {
  for (const std::string& name : names) {
    if (!absl::c_linear_search(document.departments(), name)) {
      return CharterInvalid(place, absl::StrCat(name, " is not in `departments`"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckAnswers(const type::v1::Charter& document, const type::v1::Question& question) {
  for (int i = 0; i < question.answers_size(); ++i) {
    const type::v1::Answer& answer = question.answers(i);
    const std::string place = absl::StrCat(question.name(), ".answers[", i, "]");
    if (answer.id().empty() || answer.criteria().empty()) {
      return CharterInvalid(place, "an answer needs `id` and `criteria`");
    }
    if (answer.id().size() > kMostName)
      return CharterInvalid(place, "an id has at most 63 characters");
    if (question.collection() == "opportunities" && !answer.decided_by_fact().empty() &&
        !absl::c_linear_search(kDecidingFacts, answer.decided_by_fact())) {
      return CharterInvalid(absl::StrCat(place, ".decided_by_fact"),
                            absl::StrCat("is one of ", absl::StrJoin(kDecidingFacts, ", ")));
    }
    if (Charter::FindAnswer(question, answer.id()) != &answer) {
      return CharterInvalid(place, absl::StrCat("the id ", answer.id(), " stands twice"));
    }
    COMITY_RETURN_IF_ERROR(CheckDepartments(
        document, absl::StrCat(place, ".leaves_working_list_of"), answer.leaves_working_list_of()));
  }
  return absl::OkStatus();
}

absl::Status CheckQuestion(const type::v1::Charter& document, const type::v1::Question& question) {
  if (question.name().size() > kMostName) {
    return CharterInvalid(question.name(), "a question's name has at most 63 characters");
  }
  if (question.collection().empty() || question.answers().empty() || question.voices().empty()) {
    return CharterInvalid(question.name(), "a question needs `collection`, `answers` and `voices`");
  }
  COMITY_RETURN_IF_ERROR(
      CheckDepartments(document, absl::StrCat(question.name(), ".voices"), question.voices()));
  COMITY_RETURN_IF_ERROR(CheckSettlement(document, question));
  return CheckAnswers(document, question);
}

// A journal holds whole records: who may read it may read them.
absl::Status CheckAccess(const Charter& charter, const type::v1::Access& access,
                         const std::string& place) {
  const type::v1::Charter& document = charter.document();
  if (access.department() != kEvery &&
      !absl::c_linear_search(document.departments(), access.department())) {
    return CharterInvalid(absl::StrCat(place, ".department"),
                          absl::StrCat(access.department(), " is not in `departments`"));
  }
  if (access.read_journal() && !charter.MayRead(access.department(), access.collection())) {
    return CharterInvalid(absl::StrCat(place, ".read_journal"),
                          absl::StrCat(access.department(), " may not `read` ", access.collection(),
                                       ": give both or none"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Charter> Charter::Make(type::v1::Charter document) {
  if (document.revision() < 1) return CharterInvalid("revision", "revisions count from 1");
  if (document.departments().empty()) return CharterInvalid("departments", "name at least one");
  Charter charter(std::move(document));
  for (const type::v1::Question& question : charter.document_.questions()) {
    if (charter.FindQuestion(question.name()) != &question) {
      return CharterInvalid(question.name(), "the question stands twice");
    }
    COMITY_RETURN_IF_ERROR(CheckQuestion(charter.document_, question));
  }
  for (int i = 0; i < charter.document_.access_size(); ++i) {
    COMITY_RETURN_IF_ERROR(
        CheckAccess(charter, charter.document_.access(i), absl::StrCat("access[", i, "]")));
  }
  COMITY_RETURN_IF_ERROR(CheckSections(charter.document_));
  auto calendars = std::make_shared<std::vector<calendar::Calendar>>();
  for (const type::v1::Calendar& each : charter.document_.calendars()) {
    COMITY_ASSIGN_OR_RETURN(calendar::Calendar calendar, calendar::Calendar::Make(each));
    calendars->push_back(std::move(calendar));
  }
  charter.calendars_ = std::move(calendars);
  return charter;
}

const type::v1::Question* Charter::FindQuestion(absl::string_view name) const {
  for (const type::v1::Question& question : document_.questions()) {
    if (question.name() == name) return &question;
  }
  return nullptr;
}

const type::v1::Answer* Charter::FindAnswer(const type::v1::Question& question,
                                            absl::string_view id) {
  for (const type::v1::Answer& answer : question.answers()) {
    if (answer.id() == id) return &answer;
  }
  return nullptr;
}

std::vector<const type::v1::Question*> Charter::QuestionsAbout(absl::string_view collection) const {
  std::vector<const type::v1::Question*> questions;
  for (const type::v1::Question& question : document_.questions()) {
    if (question.collection() == collection) questions.push_back(&question);
  }
  return questions;
}

bool Charter::HasVoice(const type::v1::Question& question, absl::string_view department) const {
  return absl::c_linear_search(question.voices(), department);
}

const calendar::Calendar* Charter::FindCalendar(absl::string_view name) const {
  for (const calendar::Calendar& calendar : *calendars_) {
    if (calendar.name() == name) return &calendar;
  }
  return nullptr;
}

bool Charter::MayRead(absl::string_view department, absl::string_view collection) const {
  for (const type::v1::Access& access : document_.access()) {
    if (access.read() && Names(access.department(), department) &&
        Names(access.collection(), collection)) {
      return true;
    }
  }
  return false;
}

bool Charter::MayUpdate(absl::string_view department, absl::string_view collection) const {
  for (const type::v1::Access& access : document_.access()) {
    if (access.update() && Names(access.department(), department) &&
        Names(access.collection(), collection)) {
      return true;
    }
  }
  return false;
}

bool Charter::MayRecord(absl::string_view department, absl::string_view collection,
                        absl::string_view kind) const {
  for (const type::v1::Access& access : document_.access()) {
    if (!Names(access.department(), department) || !Names(access.collection(), collection)) {
      continue;
    }
    if (absl::c_linear_search(access.record(), kind) ||
        absl::c_linear_search(access.record(), kEvery))
      return true;
  }
  return false;
}

bool Charter::MayRecordAny(absl::string_view department, absl::string_view collection) const {
  const auto& access = document_.access();
  return std::any_of(access.begin(), access.end(), [&](const type::v1::Access& entry) {
    return Names(entry.department(), department) && Names(entry.collection(), collection) &&
           !entry.record().empty();
  });
}

bool Charter::MayReadJournal(absl::string_view department, absl::string_view collection) const {
  for (const type::v1::Access& access : document_.access()) {
    if (access.read_journal() && Names(access.department(), department) &&
        Names(access.collection(), collection)) {
      return true;
    }
  }
  return false;
}

std::vector<std::string> Charter::DepartmentsWithWorkingList(absl::string_view collection) const {
  std::vector<std::string> departments;
  for (const std::string& department : document_.departments()) {
    for (const type::v1::Question* question : QuestionsAbout(collection)) {
      const bool may_leave = std::any_of(
          question->answers().begin(), question->answers().end(), [&](const auto& answer) {
            return absl::c_linear_search(answer.leaves_working_list_of(), department);
          });
      if (may_leave) {
        departments.push_back(department);
        break;
      }
    }
  }
  return departments;
}

absl::Status Charter::CheckLens(absl::string_view lens) const {
  if (lens == kSettled || absl::c_linear_search(document_.departments(), lens))
    return absl::OkStatus();
  return InvalidField("UNKNOWN_LENS", "lens",
                      "a lens is `settled` or a department of the charter, e.g. departments/sales");
}

bool OnWorkingList(const Charter& charter, absl::string_view collection,
                   absl::string_view department,
                   const std::vector<std::pair<std::string, std::string>>& own,
                   const StandingFacts& facts) {
  for (const type::v1::Question* question : charter.QuestionsAbout(collection)) {
    for (const auto& [name, id] : own) {
      if (name != question->name() || DecidedByFact(*question, facts) != nullptr) continue;
      const type::v1::Answer* answer = Charter::FindAnswer(*question, id);
      if (answer != nullptr && absl::c_linear_search(answer->leaves_working_list_of(), department))
        return false;
    }
  }
  return true;
}

}  // namespace comity::charter
