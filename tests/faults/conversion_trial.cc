// A lead is converted.
#include "gtest/gtest.h"
#include "tests/faults/trial.h"
#include "tests/faults/workflow_world.h"

namespace comity::integration {
namespace {

class ConversionTrial final : public Trial {
 public:
  void Prepare() override { lead_ = MakeLead(NewFirm()); }
  void Start() override { workflow_ = Convert(lead_); }
  std::string Workflow() override { return workflow_; }
  void ExpectDone() override { ExpectConverted(lead_, AwaitEnd(workflow_)); }
  void ExpectUndone() override {
    EXPECT_EQ(ReasonOf(AwaitEnd(workflow_)), "ROLE_REQUIRED");
    EXPECT_FALSE(GetLead(lead_.name()).has_conversion());
  }

 private:
  lead::v1::Lead lead_;
  std::string workflow_;
};

}  // namespace

std::unique_ptr<Trial> TryConversion() { return std::make_unique<ConversionTrial>(); }

}  // namespace comity::integration
