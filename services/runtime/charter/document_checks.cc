#include "services/runtime/charter/document_checks.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/runtime/calendar/calendar.h"
#include "services/runtime/identity/signature.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::charter {
namespace {

using Document = type::v1::Charter;

constexpr int kWhole = 10000;            // basis points
constexpr double kMostCreditDays = 1e6;  // beyond every record; times stay finite
constexpr double kLeastHalfLifeDays = 0.001;
constexpr double kMostDisputeHours = 1e5;  // of business: decades
constexpr absl::string_view kDepartments = "departments/";

// A number of hours or days; no charter means NaN, or for ever.
bool IsTerm(double number) { return std::isfinite(number) && number >= 0; }

bool HasDepartment(const Document& document, absl::string_view name) {
  const auto& departments = document.departments();
  return std::find(departments.begin(), departments.end(), name) != departments.end();
}

absl::Status CheckDepartment(const Document& document, absl::string_view place,
                             absl::string_view name) {
  if (HasDepartment(document, name)) return absl::OkStatus();
  return CharterInvalid(place, absl::StrCat("`", name, "` is not in `departments`"));
}

absl::Status CheckDepartmentNames(const Document& document) {
  std::set<std::string> names;
  for (int i = 0; i < document.departments_size(); ++i) {
    const std::string& name = document.departments(i);
    if (!absl::StartsWith(name, kDepartments) || !names.insert(name).second) {
      return CharterInvalid(absl::StrCat("departments[", i, "]"),
                            "each is a `departments/…` of its own");
    }
  }
  return absl::OkStatus();
}

bool HasCalendar(const Document& document, absl::string_view name) {
  const auto& calendars = document.calendars();
  return std::any_of(calendars.begin(), calendars.end(),
                     [name](const auto& calendar) { return calendar.name() == name; });
}

// Each has a name, and no two the same.
template <typename List>
absl::Status CheckNames(absl::string_view section, const List& list) {
  std::set<std::string> names;
  for (int i = 0; i < list.size(); ++i) {
    if (list[i].name().empty())
      return CharterInvalid(absl::StrCat(section, "[", i, "]"), "needs a `name`");
    if (!names.insert(list[i].name()).second) {
      return CharterInvalid(list[i].name(), absl::StrCat("stands twice in `", section, "`"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckMetrics(const Document& document) {
  COMITY_RETURN_IF_ERROR(CheckNames("metrics", document.metrics()));
  for (const type::v1::MetricDefinition& metric : document.metrics()) {
    for (const std::string& name : metric.questions()) {
      const auto& questions = document.questions();
      const bool is_known =
          std::any_of(questions.begin(), questions.end(),
                      [&](const auto& question) { return question.name() == name; });
      if (!is_known) {
        return CharterInvalid(absl::StrCat(metric.name(), ".questions"),
                              absl::StrCat("`", name, "` is not in `questions`"));
      }
    }
  }
  return absl::OkStatus();
}

// Whoever is late learns it from his own clock; another department is told.
absl::Status CheckEscalation(const Document& document,
                             const type::v1::HandoverAgreement& agreement) {
  const std::string place = absl::StrCat(agreement.name(), ".escalate_to");
  if (!IsTerm(agreement.escalate_hours())) {
    return CharterInvalid(absl::StrCat(agreement.name(), ".escalate_hours"), "is not less than 0");
  }
  if (agreement.escalate_to().empty()) {
    if (agreement.escalate_hours() == 0) return absl::OkStatus();
    return CharterInvalid(place, "is needed with `escalate_hours`");
  }
  COMITY_RETURN_IF_ERROR(CheckDepartment(document, place, agreement.escalate_to()));
  if (agreement.escalate_to() != agreement.to()) return absl::OkStatus();
  return CharterInvalid(place, "is another department than the one that is late");
}

absl::Status CheckAgreement(const Document& document,
                            const type::v1::HandoverAgreement& agreement) {
  const std::string& name = agreement.name();
  COMITY_RETURN_IF_ERROR(CheckDepartment(document, absl::StrCat(name, ".from"), agreement.from()));
  COMITY_RETURN_IF_ERROR(CheckDepartment(document, absl::StrCat(name, ".to"), agreement.to()));
  if (agreement.from() == agreement.to()) {
    return CharterInvalid(name, "a handover is between two departments");
  }
  if (agreement.collection().empty()) return CharterInvalid(name, "needs a `collection`");
  if (!IsTerm(agreement.accept_hours()) || agreement.accept_hours() == 0 ||
      !IsTerm(agreement.act_hours())) {
    return CharterInvalid(name, "`accept_hours` is more than 0, `act_hours` not less");
  }
  if (!HasCalendar(document, agreement.calendar())) {
    return CharterInvalid(absl::StrCat(name, ".calendar"), "is not in `calendars`");
  }
  COMITY_RETURN_IF_ERROR(CheckEscalation(document, agreement));
  std::set<std::string> reasons;
  for (const type::v1::ReturnReason& reason : agreement.return_reasons()) {
    if (reason.id().empty() || !reasons.insert(reason.id()).second) {
      return CharterInvalid(absl::StrCat(name, ".return_reasons"), "each has an `id` of its own");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckShares(const Document& document, const type::v1::CreditRule& rule) {
  const std::string place = absl::StrCat(rule.name(), ".shares");
  if (rule.model() != type::v1::CREDIT_MODEL_BY_ROLE) {
    if (rule.shares().empty()) return absl::OkStatus();
    return CharterInvalid(place, "are for CREDIT_MODEL_BY_ROLE");
  }
  int64_t sum = 0;
  std::set<std::string> departments;
  for (const type::v1::CreditShare& share : rule.shares()) {
    COMITY_RETURN_IF_ERROR(CheckDepartment(document, place, share.department()));
    if (share.basis_points() < 0 || !departments.insert(share.department()).second) {
      return CharterInvalid(place, "each department once, with at least 0 basis points");
    }
    sum += share.basis_points();
  }
  if (sum == kWhole) return absl::OkStatus();
  return CharterInvalid(place, "sum to 10000");
}

// What no statement could be drawn by.
absl::Status CheckCreditDays(const type::v1::CreditRule& rule) {
  const auto fits = [](double days) { return IsTerm(days) && days <= kMostCreditDays; };
  if (!fits(rule.window_days()) || !fits(rule.half_life_days()) || !fits(rule.term_days())) {
    return CharterInvalid(rule.name(), "no number of days is less than 0, or more than a million");
  }
  if (rule.half_life_days() != 0 && rule.half_life_days() < kLeastHalfLifeDays) {
    return CharterInvalid(rule.name(), "`half_life_days` is 0.001 at least, or 0 for 7");
  }
  if (rule.term_days() > 0) return absl::OkStatus();
  return CharterInvalid(rule.name(), "`term_days` is more than 0: nobody could speak against it");
}

absl::Status CheckCreditRule(const Document& document, const type::v1::CreditRule& rule) {
  const std::string& name = rule.name();
  if (rule.model() == type::v1::CREDIT_MODEL_UNSPECIFIED ||
      !type::v1::CreditModel_IsValid(rule.model())) {
    return CharterInvalid(name, "needs a `model`");
  }
  if (!type::v1::CreditParty_IsValid(rule.party())) {
    return CharterInvalid(name, "needs a `party`");
  }
  if (rule.departments().empty()) return CharterInvalid(name, "names its `departments`");
  for (const std::string& department : rule.departments()) {
    COMITY_RETURN_IF_ERROR(
        CheckDepartment(document, absl::StrCat(name, ".departments"), department));
  }
  COMITY_RETURN_IF_ERROR(CheckCreditDays(rule));
  return CheckShares(document, rule);
}

absl::Status CheckKey(const Document& document, const type::v1::StewardKey& key,
                      absl::string_view place) {
  COMITY_RETURN_IF_ERROR(CheckDepartment(document, place, key.department()));
  if (key.person().empty()) return CharterInvalid(place, "names a `person`");
  std::string raw;
  if (!absl::Base64Unescape(key.public_key(), &raw) ||
      absl::Base64Escape(raw) != key.public_key() ||  // keys are told apart by their text
      !identity::PublicKey::FromRawEd25519(raw).ok()) {
    return CharterInvalid(place, "`public_key` is an Ed25519 key, 32 bytes in base64");
  }
  return absl::OkStatus();
}

// A key is one person's, and a person has one for a department.
absl::Status CheckKeys(const Document& document) {
  for (int i = 0; i < document.keys_size(); ++i) {
    const type::v1::StewardKey& key = document.keys(i);
    const std::string place = absl::StrCat("keys[", i, "]");
    COMITY_RETURN_IF_ERROR(CheckKey(document, key, place));
    for (int j = 0; j < i; ++j) {
      const type::v1::StewardKey& other = document.keys(j);
      const bool is_same_person = other.person() == key.person();
      if (is_same_person && other.department() == key.department()) {
        return CharterInvalid(place, "this person has a key for the department already");
      }
      if (!is_same_person && other.public_key() == key.public_key()) {
        return CharterInvalid(place, absl::StrCat("is the key of ", other.person()));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckArbiter(const Document& document) {
  if (document.arbiter().empty()) {
    if (document.arbiter_term_days() == 0) return absl::OkStatus();
    return CharterInvalid("arbiter_term_days", "is for an `arbiter`");
  }
  COMITY_RETURN_IF_ERROR(CheckDepartment(document, "arbiter", document.arbiter()));
  if (IsTerm(document.arbiter_term_days()) && document.arbiter_term_days() > 0) {
    return absl::OkStatus();
  }
  return CharterInvalid("arbiter_term_days", "is more than 0 where there is an `arbiter`");
}

// Who reads persons' names where others read departments.
absl::Status CheckNamesShown(const Document& document) {
  constexpr char kPlace[] = "names_shown_to";
  if (!document.blameless() && !document.names_shown_to().empty()) {
    return CharterInvalid(kPlace, "is for a charter that is `blameless`: else all read names");
  }
  std::set<std::string> departments;
  for (const std::string& department : document.names_shown_to()) {
    COMITY_RETURN_IF_ERROR(CheckDepartment(document, kPlace, department));
    if (!departments.insert(department).second) {
      return CharterInvalid(kPlace, absl::StrCat("`", department, "` stands twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckArbiters(const Document& document) {
  const auto& arbiters = document.disputes().arbiters();
  if (arbiters.empty()) return CharterInvalid("disputes.arbiters", "names at least one");
  std::set<std::string> names;
  for (const std::string& arbiter : arbiters) {
    COMITY_RETURN_IF_ERROR(CheckDepartment(document, "disputes.arbiters", arbiter));
    if (!names.insert(arbiter).second) {
      return CharterInvalid("disputes.arbiters", "each is asked once: an appeal goes to another");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckDisputes(const Document& document) {
  if (!document.has_disputes()) return absl::OkStatus();
  COMITY_RETURN_IF_ERROR(CheckArbiters(document));
  const type::v1::DisputeRules& rules = document.disputes();
  for (const double hours : {rules.answer_hours(), rules.decide_hours(), rules.appeal_hours()}) {
    if (!IsTerm(hours) || hours == 0 || hours > kMostDisputeHours) {
      return CharterInvalid("disputes", "each number of hours is more than 0, 100,000 at most");
    }
  }
  if (HasCalendar(document, rules.calendar())) return absl::OkStatus();
  return CharterInvalid("disputes.calendar", "is not in `calendars`");
}

}  // namespace

absl::Status CharterInvalid(absl::string_view place, absl::string_view problem) {
  return InvalidField("CHARTER_INVALID", place, problem);
}

absl::Status CheckSections(const Document& document) {
  COMITY_RETURN_IF_ERROR(CheckDepartmentNames(document));
  COMITY_RETURN_IF_ERROR(CheckMetrics(document));
  COMITY_RETURN_IF_ERROR(CheckNames("handovers", document.handovers()));
  for (const auto& agreement : document.handovers()) {
    COMITY_RETURN_IF_ERROR(CheckAgreement(document, agreement));
  }
  COMITY_RETURN_IF_ERROR(CheckNames("credit_rules", document.credit_rules()));
  for (const auto& rule : document.credit_rules()) {
    COMITY_RETURN_IF_ERROR(CheckCreditRule(document, rule));
  }
  COMITY_RETURN_IF_ERROR(CheckNames("calendars", document.calendars()));
  for (const auto& calendar : document.calendars()) {
    COMITY_RETURN_IF_ERROR(calendar::Calendar::Make(calendar).status());
  }
  COMITY_RETURN_IF_ERROR(CheckKeys(document));
  COMITY_RETURN_IF_ERROR(CheckNamesShown(document));
  COMITY_RETURN_IF_ERROR(CheckDisputes(document));
  return CheckArbiter(document);
}

}  // namespace comity::charter
