// The documented MarketPredictor.
#include "market_maker_cpp/Rollercoaster_girls.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

namespace {

SSMHippoConfig small() {
    SSMHippoConfig config;
    config.d_model = 32;
    config.n_layer = 2;
    config.seq_len = 32;
    config.num_channels = 6;
    config.forecast_len = 4;
    config.patch_len = 8;
    config.stride = 4;
    config.seed = 3;
    return config;
}

std::vector<float> wave(std::size_t count, double phase = 0.0) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        values[i] = static_cast<float>(0.01 * std::sin(0.1 * static_cast<double>(i) + phase));
    }
    return values;
}

stable_vector<float> chunked(const std::vector<float> &values) {
    return stable_vector<float>(values.begin(), values.end());
}

bool same(const mm::Predictions &a, const mm::Predictions &b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

template <class Call>
void expect_error(MarketPredictorError::ErrorCode code, const std::string &part, Call &&call) {
    try {
        call();
        FAIL() << "no error";
    } catch (const MarketPredictorError &error) {
        EXPECT_EQ(error.code(), code) << error.what();
        EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
}

/// A folder of the test's own, gone with it.
class Folder {
public:
    Folder() {
        const auto *test = ::testing::UnitTest::GetInstance()->current_test_info();
        path_ = std::filesystem::path(::testing::TempDir()) /
                (std::string("mm_") + test->name() + "_" + std::to_string(std::random_device()()));
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;
    std::string operator()(const std::string &name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

}  // namespace

static_assert(std::is_nothrow_move_constructible_v<MarketPredictor> && !std::is_copy_constructible_v<MarketPredictor>);
static_assert(std::is_aggregate_v<SSMHippoConfig> && std::is_aggregate_v<ModelArgs>);

TEST(ModelArgsTest, FieldsStandInTheDocumentedOrder) {
    const SSMHippoConfig config{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0.25};
    EXPECT_EQ(config.d_model, 1);
    EXPECT_EQ(config.n_layer, 2);
    EXPECT_EQ(config.seq_len, 3);
    EXPECT_EQ(config.d_state, 4);
    EXPECT_EQ(config.num_channels, 5);
    EXPECT_EQ(config.forecast_len, 6);
    EXPECT_EQ(config.patch_len, 7);
    EXPECT_EQ(config.stride, 8);
    EXPECT_EQ(config.expand, 9);
    EXPECT_EQ(config.d_conv, 10);
    EXPECT_EQ(config.dt_rank, 11);
    EXPECT_EQ(config.reduction_ratio, 12);
    EXPECT_EQ(config.sigma, 0.25);
    const ModelArgs args{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0.25};
    EXPECT_EQ(args.reduction_ratio, 12);
    EXPECT_EQ(args.to_config().reduction_ratio, 12);
    EXPECT_EQ(args.to_config().sigma, 0.25);
}

TEST(ModelArgsTest, CountsPatchesAndNeverRoundsWhatWasAskedFor) {
    EXPECT_EQ(ModelArgs().num_patches, 11);
    ModelArgs args{128, 4, 100, 16, 24, 33, 16, 7};
    EXPECT_EQ(args.num_patches, 13);
    EXPECT_EQ(args.forecast_len, 33);
    EXPECT_EQ(args.stride, 7);
    MarketPredictor::Config config;
    config.model_args = args;
    config.model_args.d_model = 32;
    config.model_args.n_layer = 1;
    MarketPredictor predictor(config);
    EXPECT_EQ(predictor.predict(wave(100 * 24)).steps(), 33u);
    EXPECT_EQ(predictor.info().stream_period, 7u);
}

TEST(MarketPredictorTest, TheDocumentedNetworkPredictsEveryChannelEveryStep) {
    MarketPredictor predictor{SSMHippoConfig()};
    EXPECT_FALSE(predictor.is_trained());
    const auto predictions = predictor.predict(chunked(wave(96 * 24)));
    EXPECT_EQ(predictions.size(), 32u * 24u);
    EXPECT_EQ(predictions.steps(), 32u);
    EXPECT_EQ(predictions.channels(), 24u);
    for (std::size_t i = 0; i < predictions.size(); ++i) {
        ASSERT_TRUE(std::isfinite(predictions[i]));
        ASSERT_EQ(predictions.data()[i], predictions.at(i / 24, i % 24));
    }
    expect_error(MarketPredictorError::DATA_ERROR, "step 32", [&] { (void)predictions.at(32, 0); });
    expect_error(MarketPredictorError::DATA_ERROR, "channel 24", [&] { (void)predictions.at(0, 24); });
}

TEST(MarketPredictorTest, AllContainersGiveTheSame) {
    MarketPredictor predictor(small());
    const auto features = wave(32 * 6);
    const auto from_vector = predictor.predict(features);
    EXPECT_TRUE(same(from_vector, predictor.predict(chunked(features))));
    EXPECT_TRUE(same(from_vector, predictor.predict(stable_vector<float, 16>(features.begin(), features.end()))));
    EXPECT_TRUE(same(from_vector, predictor.predict(features.data(), features.size())));
    mm::Predictions into(4, 6);
    EXPECT_TRUE(predictor.try_predict(features, {into.data(), into.size()}).ok());
    EXPECT_TRUE(same(from_vector, into));
}

TEST(MarketPredictorTest, SeedsRepeat) {
    const auto features = wave(32 * 6);
    MarketPredictor one(small()), two(small());
    auto config = small();
    config.seed = 4;
    MarketPredictor other(config);
    EXPECT_TRUE(same(one.predict(features), two.predict(features)));
    EXPECT_FALSE(same(one.predict(features), other.predict(features)));
}

TEST(MarketPredictorTest, BatchesHaveTheBitsOfTheirWindows) {
    MarketPredictor predictor(small());
    // More than one batch of the library holds.
    std::vector<std::vector<float>> windows;
    std::vector<stable_vector<float>> chunks;
    std::vector<float> flat;
    for (int i = 0; i < 37; ++i) {
        windows.push_back(wave(32 * 6, i));
        chunks.push_back(chunked(windows.back()));
        flat.insert(flat.end(), windows.back().begin(), windows.back().end());
    }
    const auto results = predictor.predict_batch(windows);
    const auto from_chunks = predictor.predict_batch(chunks);
    const auto from_flat = predictor.predict_batch(flat.data(), flat.size(), 37);
    ASSERT_EQ(results.size(), 37u);
    ASSERT_EQ(from_chunks.size(), 37u);
    ASSERT_EQ(from_flat.size(), 37u);
    for (std::size_t i = 0; i < 37; ++i) {
        const auto alone = predictor.predict(windows[i]);
        EXPECT_TRUE(same(alone, results[i])) << i;
        EXPECT_TRUE(same(alone, from_chunks[i])) << i;
        EXPECT_TRUE(same(alone, from_flat[i])) << i;
    }
    EXPECT_TRUE(predictor.predict_batch(std::vector<std::vector<float>>()).empty());
    windows[20].pop_back();
    expect_error(MarketPredictorError::DATA_ERROR, "window 20", [&] { (void)predictor.predict_batch(windows); });
    expect_error(MarketPredictorError::DATA_ERROR, "2 windows",
                 [&] { (void)predictor.predict_batch(flat.data(), 100, 2); });
}

TEST(MarketPredictorTest, AStreamGivesTheWindowsForecast) {
    MarketPredictor predictor(small());
    const auto features = wave(32 * 6);
    expect_error(MarketPredictorError::DATA_ERROR, "MM_E_NOT_READY", [&] { (void)predictor.forecast(); });
    for (std::size_t row = 0; row < 32; ++row) {
        const bool fresh = row % 2 == 0
                               ? predictor.push(features.data() + row * 6, 6)
                               : predictor.push(std::vector<float>(features.begin() + static_cast<long>(row) * 6,
                                                                   features.begin() + static_cast<long>(row) * 6 + 6));
        EXPECT_EQ(fresh, row == 31);
    }
    EXPECT_TRUE(same(predictor.forecast(), predictor.predict(features)));
    predictor.push(chunked(std::vector<float>(6)));
    predictor.reset();
    expect_error(MarketPredictorError::DATA_ERROR, "MM_E_NOT_READY", [&] { (void)predictor.forecast(); });
    expect_error(MarketPredictorError::DATA_ERROR, "expected 6", [&] { predictor.push(features.data(), 5); });
}

TEST(MarketPredictorTest, WeightsTravelThroughAFile) {
    const Folder folder;
    const auto features = wave(32 * 6);
    MarketPredictor first(small());
    first.save(folder("weights.safetensors"));
    auto config = small();
    config.seed = 99;
    MarketPredictor second(config);
    EXPECT_FALSE(same(first.predict(features), second.predict(features)));
    second.load(folder("weights.safetensors"));
    EXPECT_TRUE(second.is_trained());
    EXPECT_TRUE(same(first.predict(features), second.predict(features)));
    MarketPredictor third(config, folder("weights.safetensors"));
    EXPECT_TRUE(same(first.predict(features), third.predict(features)));

    // What cannot be loaded leaves the predictor as it was.
    std::ofstream(folder("broken.safetensors")) << "nothing of the kind";
    expect_error(MarketPredictorError::MODEL_ERROR, "broken", [&] { second.load(folder("broken.safetensors")); });
    expect_error(MarketPredictorError::MODEL_ERROR, "absent", [&] { second.load(folder("absent.safetensors")); });
    config.d_model = 48;
    MarketPredictor wider(config);
    expect_error(MarketPredictorError::MODEL_ERROR, "shape", [&] { wider.load(folder("weights.safetensors")); });
    EXPECT_TRUE(same(first.predict(features), second.predict(features)));
    expect_error(MarketPredictorError::MODEL_ERROR, "MM_E_IO", [&] { first.save(folder("no/such/place")); });

    MarketPredictor::Config full;
    full.model_args = ModelArgs{32, 2, 32, 16, 6, 4, 8, 4};
    full.inference.weights = folder("weights.safetensors");
    EXPECT_TRUE(same(first.predict(features), MarketPredictor(full).predict(features)));
}

TEST(MarketPredictorTest, ErrorsHaveTheirCodes) {
    MarketPredictor predictor(small());
    auto features = wave(32 * 6);
    expect_error(MarketPredictorError::DATA_ERROR, "191", [&] { (void)predictor.predict(features.data(), 191); });
    expect_error(MarketPredictorError::DATA_ERROR, "expected", [&] { (void)predictor.predict(stable_vector<float>(7)); });
    features[50] = std::numeric_limits<float>::quiet_NaN();
    expect_error(MarketPredictorError::DATA_ERROR, "50", [&] { (void)predictor.predict(features); });
    auto config = small();
    config.bad_input = mm::bad_input::forward_fill;
    EXPECT_TRUE(std::isfinite(MarketPredictor(config).predict(features)[0]));
    for (int stride : {0, -1}) {
        config.stride = stride;
        expect_error(MarketPredictorError::MODEL_ERROR, "stride", [&] { MarketPredictor refused(config); });
    }
    features[50] = 0.0F;
    predictor.calibrate(features.data(), features.size(), 1);
    const auto shared = predictor.share();
    expect_error(MarketPredictorError::TRAINING_ERROR, "shared",
                 [&] { predictor.calibrate(features.data(), features.size(), 1); });
}

TEST(MarketPredictorTest, ThreadsOnSharedWeightsGiveTheSameBits) {
    MarketPredictor predictor(small());
    const auto features = wave(32 * 6);
    const auto expected = predictor.predict(features);
    std::vector<std::thread> threads;
    std::vector<int> wrong(4, -1);
    for (std::size_t t = 0; t < wrong.size(); ++t) {
        threads.emplace_back([&wrong, t, mine = predictor.share(), &features, &expected]() mutable {
            int differing = 0;
            for (int i = 0; i < 50; ++i) {
                (void)mine.predict(wave(32 * 6, i));
                differing += same(mine.predict(features), expected) ? 0 : 1;
            }
            wrong[t] = differing;
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(wrong, std::vector<int>(4, 0));
}
