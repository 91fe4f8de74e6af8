#include "services/gateway/charter_preview_rules.h"

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/charter/signed_revision.h"
#include "services/runtime/charter/signing_test_charter.h"

namespace comity::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

void AddAgreement(const std::string& id, const std::string& calendar, type::v1::Charter* charter) {
  auto* agreement = charter->add_handovers();
  agreement->set_name(absl::StrCat("agreements/", id));
  agreement->set_text("Hands over.");
  agreement->set_calendar(calendar);
}

type::v1::Charter WithAgreements() {
  type::v1::Charter document;
  document.add_calendars()->set_name("calendars/office");
  document.add_calendars()->set_name("calendars/service");
  AddAgreement("lead", "calendars/office", &document);
  AddAgreement("customer", "calendars/service", &document);
  AddAgreement("case", "calendars/office", &document);
  return document;
}

TEST(ChangedAgreements, ThoseThatGoOrSaySomethingElse) {
  struct Case {
    const char* what;
    std::function<void(type::v1::Charter*)> edit;
    std::vector<std::string> changed;  // with `-` before those that go
  };
  const std::vector<Case> cases = {
      {"nothing", [](auto*) {}, {}},
      {"a text",
       [](auto* c) { c->mutable_handovers(1)->set_text("No."); },
       {"agreements/customer"}},
      {"hours", [](auto* c) { c->mutable_handovers(0)->set_accept_hours(9); }, {"agreements/lead"}},
      {"one goes", [](auto* c) { c->mutable_handovers()->RemoveLast(); }, {"-agreements/case"}},
      {"all go",
       [](auto* c) { c->clear_handovers(); },
       {"-agreements/lead", "-agreements/customer", "-agreements/case"}},
      {"another name",
       [](auto* c) { c->mutable_handovers(2)->set_name("agreements/incident"); },
       {"-agreements/case"}},
      {"a holiday",
       [](auto* c) { c->mutable_calendars(0)->add_holidays("2026-12-25"); },
       {"agreements/lead", "agreements/case"}},
      {"a calendar that nobody counts by", [](auto* c) { c->add_calendars(); }, {}},
      {"their order", [](auto* c) { c->mutable_handovers()->SwapElements(0, 2); }, {}},
      {"one more", [](auto* c) { AddAgreement("else", "calendars/office", c); }, {}},
      {"something else", [](auto* c) { c->add_departments("departments/hr"); }, {}},
  };
  for (const Case& each : cases) {
    type::v1::Charter after = WithAgreements();
    each.edit(&after);
    std::vector<std::string> changed;
    for (const ChangedAgreement& one : ChangedAgreements(WithAgreements(), after)) {
      changed.push_back(absl::StrCat(one.removed ? "-" : "", one.name));
    }
    EXPECT_EQ(changed, each.changed) << each.what;
  }
}

// What is found, by what a reader may see of it.
v1::PreviewContents Contents() {
  v1::PreviewContents contents;
  auto* record = contents.mutable_record();
  record->mutable_basis()->set_as_of(17);
  auto* answers = record->add_answers();
  answers->set_subject_count(1);
  answers->add_examples()->set_subject("opportunities/1");
  contents.add_handovers()->set_agreement("agreements/lead");
  return contents;
}

TEST(SetPreview, KeepsWhatWasFoundWithItsDigest) {
  v1::CharterProposal proposal;
  type::v1::Actor actor;
  actor.set_person("persons/ana");
  SetPreview(Contents(), actor, absl::FromUnixSeconds(1'800'000'000), &proposal);
  EXPECT_EQ(proposal.preview().as_of(), 17);
  EXPECT_EQ(proposal.preview().actor().person(), "persons/ana");
  EXPECT_EQ(proposal.preview().preview_time().seconds(), 1'800'000'000);
  EXPECT_EQ(proposal.preview().digest(),
            charter::DigestOf(proposal.preview().contents().SerializeAsString()));
  v1::CharterProposal listed = proposal;
  WithholdContents(&listed);
  EXPECT_FALSE(listed.preview().has_contents());
  EXPECT_EQ(listed.preview().digest(), proposal.preview().digest());
  v1::CharterProposal without;
  WithholdContents(&without);
  EXPECT_FALSE(without.has_preview());
}

TEST(PreviewRights, AreThoseToReadTheRecordsThemselves) {
  charter::TestKeys keys;
  type::v1::Charter document = charter::CharterWithKeys(1, &keys);
  const auto give = [&](const std::string& department, const std::string& collection) {
    auto* access = document.add_access();
    access->set_department(department);
    access->set_collection(collection);
    access->set_read(true);
  };
  for (const char* all : {"reports", "opportunities", "handovers"}) give("departments/sales", all);
  give("departments/marketing", "reports");
  give("departments/management", "opportunities");
  const charter::Charter charter = *charter::Charter::Make(document);
  struct Case {
    const char* department;
    std::vector<type::v1::Role> roles;
    std::vector<std::string> withheld;
  };
  const std::vector<std::string> all = {"opportunities", "reports", "handovers"};
  const std::vector<Case> cases = {
      {"sales", {type::v1::ROLE_MEMBER}, {}},
      {"sales", {type::v1::ROLE_STEWARD}, {}},
      {"sales", {type::v1::ROLE_OPERATOR}, all},
      {"sales", {}, all},
      {"marketing", {type::v1::ROLE_MEMBER}, {"opportunities", "handovers"}},
      {"management", {type::v1::ROLE_STEWARD}, {"reports", "handovers"}},
      {"it", {type::v1::ROLE_MEMBER}, all},
      {"it", {type::v1::ROLE_OPERATOR}, all},
      {"management", {type::v1::ROLE_AUDITOR}, {}},
      {"it", {type::v1::ROLE_AUDITOR}, {}},
  };
  for (const Case& each : cases) {
    Principal principal;
    principal.department = absl::StrCat("departments/", each.department);
    principal.roles = each.roles;
    v1::ProposalPreview preview;
    *preview.mutable_contents() = Contents();
    Withhold(PreviewRightsOf(principal, charter), &preview);
    const std::vector<std::string> withheld(preview.withheld().begin(), preview.withheld().end());
    EXPECT_EQ(withheld, each.withheld) << each.department;
    const auto lacks = [&](const std::string& collection) {
      return std::find(withheld.begin(), withheld.end(), collection) != withheld.end();
    };
    EXPECT_EQ(preview.contents().has_record(), !lacks("reports")) << each.department;
    EXPECT_EQ(preview.contents().handovers().empty(), lacks("handovers")) << each.department;
    if (!preview.contents().has_record()) continue;
    EXPECT_EQ(preview.contents().record().answers().empty(), lacks("opportunities"));
    EXPECT_EQ(preview.contents().record().basis().as_of(), 17);
  }
}

TEST(PreviewRights, WhoIsNobodySeesNothing) {
  charter::TestKeys keys;
  const charter::Charter charter = *charter::Charter::Make(charter::CharterWithKeys(1, &keys));
  Principal gateway;
  gateway.workload = "service/gateway";
  v1::ProposalPreview preview;
  *preview.mutable_contents() = Contents();
  Withhold(PreviewRightsOf(gateway, charter), &preview);
  EXPECT_EQ(preview.contents().ByteSizeLong(), 0u);
  EXPECT_THAT(preview.withheld(), ElementsAre("opportunities", "reports", "handovers"));
}

}  // namespace
}  // namespace comity::gateway
