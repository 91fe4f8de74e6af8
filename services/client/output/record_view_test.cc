#include "services/client/output/record_view.h"

#include "comity/lead/v1/lead_service.pb.h"
#include "gtest/gtest.h"
#include "services/client/output/error_text.h"
#include "services/client/profile.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

TEST(RecordViewTest, ShowsAnswersAndNoEmptyColumns) {
  lead::v1::ListLeadsResponse response;
  lead::v1::Lead* lead = response.add_leads();
  lead->set_name("leads/1");
  lead->set_owner("persons/ana");
  auto* answer = lead->add_lens_answers();
  answer->set_question("questions/lead-quality");
  answer->set_answer("qualified");
  answer->set_basis(type::v1::ANSWER_BASIS_SETTLED);
  EXPECT_EQ(RecordTable(response, "leads", 0),
            "NAME     OWNER  QUALITY\n"
            "leads/1  ana    (qualified)\n");
  EXPECT_EQ(RecordTable(lead::v1::ListLeadsResponse(), "leads", 0).substr(0, 4), "NAME");
}

TEST(RecordViewTest, DetailShowsWhatIsSet) {
  lead::v1::Lead lead;
  lead.set_name("leads/1");
  lead.mutable_external_id()->set_source("maven");
  lead.mutable_external_id()->set_id("7");
  lead.add_lens_answers()->set_question("questions/lead-quality");
  EXPECT_EQ(RecordDetail(lead, 0),
            "FIELD                   VALUE\n"
            "name                    leads/1\n"
            "external_id             maven:7\n"
            "questions/lead-quality  undecided\n");
}

TEST(ErrorTextTest, IsOneLineWithReasonAndHint) {
  const std::string text = ErrorText(EtagMismatch("leads/1", "r2"));
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.rfind("ABORTED ETAG_MISMATCH: ", 0), 0u) << text;
  EXPECT_NE(ErrorText(InvalidField("INVALID_NAME", "name", "a name in leads")).find("0190c0de"),
            std::string::npos);
  EXPECT_EQ(ExitCode(EtagMismatch("leads/1", "r2")), 1);
  EXPECT_EQ(ExitCode(Usage("so not")), 2);
  EXPECT_EQ(ExitCode(absl::OkStatus()), 0);
}

TEST(ErrorTextTest, SaysAFieldOnce) {
  const std::string text = ErrorText(InvalidField("FIELD_TOO_LONG", "lead.source", "at most 64"));
  EXPECT_EQ(text, "INVALID_ARGUMENT FIELD_TOO_LONG: lead.source: at most 64");
}

}  // namespace
}  // namespace comity::client
