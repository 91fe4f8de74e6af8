#include "services/gateway/handover/customer_offer_rules.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/runtime/resource/columns.h"

namespace comity::gateway {
namespace {

constexpr size_t kLongestAnswer = 1900;  // bytes, less than a ChecklistAnswer may have
constexpr size_t kLongestWords = 300;    // of one promise

bool Mentions(const std::string& item, std::initializer_list<const char*> words) {
  const std::string text = absl::AsciiStrToLower(item);
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return absl::StrContains(text, word); });
}

// Not in the middle of a character.
std::string Shortened(const std::string& text) {
  if (text.size() <= kLongestWords) return text;
  size_t end = kLongestWords;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "…");
}

// The lines as far as there is room, and how many there are besides.
std::string Joined(const std::vector<std::string>& lines) {
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0 && text.size() + lines[i].size() > kLongestAnswer) {
      return absl::StrCat(text, "; and ", lines.size() - i, " more");
    }
    absl::StrAppend(&text, text.empty() ? "" : "; ", lines[i]);
  }
  return text;
}

std::string PromisesText(const lead::v1::PromiseSet& promises) {
  std::vector<std::string> lines;
  for (const lead::v1::Promise& promise : promises.promises()) {
    if (promise.state() != lead::v1::PROMISE_STATE_OPEN) continue;
    lines.push_back(absl::StrCat(
        Shortened(promise.text()), ", to ", promise.contact(), ", by ",
        absl::FormatTime("%Y-%m-%d", resource::ToTime(promise.due_time()), absl::UTCTimeZone())));
  }
  if (lines.empty()) {
    return promises.more() ? "There are more promises on the record than were read."
                           : "No promise is open on the record.";
  }
  return absl::StrCat(Joined(lines), promises.more() ? "; and there are more" : "");
}

std::string LinesText(const lead::v1::Opportunity& opportunity) {
  std::vector<std::string> lines;
  for (const lead::v1::OpportunityLine& line : opportunity.lines()) {
    lines.push_back(absl::StrCat(line.quantity(), " of ", line.product()));
  }
  return lines.empty() ? absl::StrCat("What ", opportunity.name(), " says: it has no lines.")
                       : Joined(lines);
}

std::string ContactText(const lead::v1::Opportunity& opportunity) {
  return opportunity.contact().empty()
             ? "The record names nobody."
             : absl::StrCat(opportunity.contact(), ", the contact of ", opportunity.name());
}

std::string AnswerFromRecord(const std::string& item, const lead::v1::Opportunity& opportunity,
                             const lead::v1::PromiseSet& promises) {
  std::vector<std::string> parts;
  if (Mentions(item, {"promis"})) parts.push_back(PromisesText(promises));
  if (Mentions(item, {"bought", "product", "signed"})) parts.push_back(LinesText(opportunity));
  if (Mentions(item, {"speaks", "decides", "contact"})) parts.push_back(ContactText(opportunity));
  if (parts.empty()) {
    parts = {PromisesText(promises), LinesText(opportunity), ContactText(opportunity)};
  }
  return Joined(parts);
}

}  // namespace

const type::v1::HandoverAgreement* AgreementForCustomers(const type::v1::Charter& charter,
                                                         const std::string& department) {
  const auto& agreements = charter.handovers();
  const auto found = std::find_if(agreements.begin(), agreements.end(), [&](const auto& agreement) {
    return agreement.from() == department && agreement.collection() == "accounts";
  });
  return found == agreements.end() ? nullptr : &*found;
}

v1::OfferHandoverRequest OfferOfCustomer(const type::v1::HandoverAgreement& agreement,
                                         const v1::OfferCustomerRequest& request,
                                         const lead::v1::PromiseSet& promises) {
  v1::OfferHandoverRequest offer;
  offer.set_agreement(agreement.name());
  offer.set_subject(request.account());
  for (const std::string& item : agreement.checklist()) {
    v1::ChecklistAnswer& answer = *offer.add_checklist();
    answer.set_item(item);
    answer.set_answer(AnswerFromRecord(item, request.opportunity(), promises));
  }
  offer.set_note(absl::StrCat("Offered by ", request.workflow(), ", since ",
                              request.opportunity().name(),
                              " was signed; the checklist is answered from the record."));
  return offer;
}

}  // namespace comity::gateway
