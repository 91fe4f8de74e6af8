#include "services/runtime/resource/update_mask.h"

#include "comity/lead/v1/lead.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::resource {
namespace {

class UpdateMaskTest : public testing::Test {
 protected:
  UpdateMaskTest() {
    record_.set_name("leads/1");
    record_.set_family_name("Muster");
    record_.set_source("web-form");
    record_.set_owner("persons/ana");
    record_.set_etag("r3");
    record_.mutable_external_id()->set_source("maven");
    record_.mutable_external_id()->set_id("7");
    (*record_.mutable_attributes())["region"] = "north";
    (*record_.mutable_attributes())["tier"] = "2";
  }
  absl::Status Apply(std::initializer_list<const char*> paths) {
    google::protobuf::FieldMask mask;
    for (const char* path : paths) mask.add_paths(path);
    return ApplyUpdate("lead", patch_, &mask, &record_);
  }

  lead::v1::Lead patch_;
  lead::v1::Lead record_;
};

TEST_F(UpdateMaskTest, TakesNamedFieldsOnlyAndClearsWhatThePatchLacks) {
  patch_.set_family_name("Beispiel");
  patch_.set_country("CH");
  ASSERT_TRUE(Apply({"family_name", "source"}).ok());
  EXPECT_EQ(record_.family_name(), "Beispiel");
  EXPECT_EQ(record_.source(), "");
  EXPECT_EQ(record_.country(), "");
  EXPECT_EQ(record_.owner(), "persons/ana");
}

TEST_F(UpdateMaskTest, WithoutMaskTakesWhatIsSet) {
  patch_.set_name("leads/2");
  patch_.set_etag("r9");
  patch_.set_owner("persons/ana");  // as it is
  patch_.set_country("CH");
  (*patch_.mutable_attributes())["x"] = "y";
  ASSERT_TRUE(ApplyUpdate("lead", patch_, nullptr, &record_).ok());
  EXPECT_EQ(record_.country(), "CH");
  EXPECT_EQ(record_.family_name(), "Muster");
  EXPECT_EQ(record_.name(), "leads/1");
  EXPECT_EQ(record_.etag(), "r3");
  EXPECT_EQ(record_.attributes().size(), 1u);
}

TEST_F(UpdateMaskTest, StarReplacesEveryUpdatableField) {
  patch_.set_country("CH");
  ASSERT_TRUE(Apply({"*"}).ok());
  EXPECT_EQ(record_.country(), "CH");
  EXPECT_EQ(record_.family_name(), "");
  EXPECT_FALSE(record_.has_external_id());
  EXPECT_TRUE(record_.attributes().empty());
  EXPECT_EQ(record_.owner(), "persons/ana");
  EXPECT_EQ(record_.name(), "leads/1");
}

TEST_F(UpdateMaskTest, TakesPathsIntoMessagesAndAttributes) {
  patch_.mutable_external_id()->set_id("8");
  (*patch_.mutable_attributes())["region"] = "south";
  ASSERT_TRUE(Apply({"external_id.id", "attributes.region", "attributes.tier"}).ok());
  EXPECT_EQ(record_.external_id().source(), "maven");
  EXPECT_EQ(record_.external_id().id(), "8");
  EXPECT_EQ(record_.attributes().at("region"), "south");
  EXPECT_EQ(record_.attributes().count("tier"), 0u);
  (*patch_.mutable_attributes())["a.b"] = "c";
  ASSERT_TRUE(Apply({"attributes.`a.b`"}).ok());
  EXPECT_EQ(record_.attributes().at("a.b"), "c");
}

TEST_F(UpdateMaskTest, RefusesUnknownPaths) {
  for (const char* path : {"nothing", "family_name.x", "external_id.nothing", "", "attributes.",
                           "lens_answers.answer", "given-name"}) {
    EXPECT_EQ(Reason(Apply({path})), "UNKNOWN_FIELD_PATH") << path;
  }
}

TEST_F(UpdateMaskTest, RefusesWhatTheServiceSets) {
  for (const char* path : {"create_time", "update_time", "lens_answers", "name", "etag"}) {
    EXPECT_EQ(Reason(Apply({path})), "FIELD_NOT_UPDATABLE") << path;
  }
}

TEST_F(UpdateMaskTest, ADepartmentGivesARecordToAnotherByHandoverOnly) {
  const absl::Status status = Apply({"responsible_department"});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(status), "HANDOVER_REQUIRED");
  EXPECT_NE(status.message().find("OfferHandover"), absl::string_view::npos);
  patch_.set_responsible_department("departments/support");
  EXPECT_EQ(Reason(ApplyUpdate("lead", patch_, nullptr, &record_)), "HANDOVER_REQUIRED");
  EXPECT_EQ(Reason(Apply({"*"})), "HANDOVER_REQUIRED");
}

TEST_F(UpdateMaskTest, SaysWhichFactToRecordInstead) {
  const absl::Status status = Apply({"owner"});
  EXPECT_EQ(Reason(status), "FIELD_NOT_UPDATABLE");
  EXPECT_NE(status.message().find("owner-changed"), absl::string_view::npos);
  patch_.set_owner("persons/sam");
  EXPECT_EQ(Reason(ApplyUpdate("lead", patch_, nullptr, &record_)), "FIELD_NOT_UPDATABLE");
  EXPECT_EQ(Reason(Apply({"*"})), "FIELD_NOT_UPDATABLE");
  google::protobuf::FieldMask mask;
  mask.add_paths("amount.units");
  lead::v1::Opportunity opportunity;
  const absl::Status amount =
      ApplyUpdate("opportunity", lead::v1::Opportunity(), &mask, &opportunity);
  EXPECT_EQ(Reason(amount), "FIELD_NOT_UPDATABLE");
  EXPECT_NE(amount.message().find("amount-changed"), absl::string_view::npos);
}

}  // namespace
}  // namespace comity::resource
