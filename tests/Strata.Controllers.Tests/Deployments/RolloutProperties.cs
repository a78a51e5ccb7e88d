using CsCheck;

namespace Strata.Controllers.Tests.Deployments;

public sealed class RolloutProperties
{
    private static readonly Gen<(int Replicas, int Surge, int Unavailable)> Shapes = Gen.Select(Gen.Int[0, 12], Gen.Int[0, 4], Gen.Int[0, 4]);

    [Fact]
    public void A_rollout_stays_within_its_bounds_whoever_acts_when_and_ends()
    {
        var steps = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 5]).Array[0, 120];
        Gen.Select(Shapes, steps).Sample((shape, acts) =>
        {
            var rollout = new Rollout(shape.Replicas, shape.Surge, shape.Unavailable);
            var updates = 0;
            foreach (var (act, index) in acts)
            {
                switch (act)
                {
                    case 0 when updates++ < 4:
                        rollout.Update();
                        break;
                    case 1 or 2 or 3:
                        rollout.Reconcile();
                        break;
                    case 4 or 5:
                        rollout.Sync(index);
                        break;
                    case 6 or 7:
                        rollout.Report(index);
                        break;
                    default:
                        rollout.BecomeAvailable(index);
                        break;
                }

                Assert.True(rollout.TotalSize <= rollout.Bounds.MostPods, $"{rollout.TotalSize} pods, at most {rollout.Bounds.MostPods} are allowed");
                Assert.True(rollout.Available >= rollout.Bounds.LeastAvailable, $"{rollout.Available} available, at least {rollout.Bounds.LeastAvailable} are needed");
            }

            rollout.Settle();
            Assert.True(rollout.IsDone);
        });
    }

    [Fact]
    public void Whatever_was_scaled_broken_and_updated_meanwhile_a_rollout_ends()
    {
        var steps = Gen.Select(Gen.Int[0, 7], Gen.Int[0, 12]).Array[0, 80];
        Gen.Select(Shapes, steps).Sample((shape, acts) =>
        {
            var rollout = new Rollout(shape.Replicas, shape.Surge, shape.Unavailable);
            var updates = 0;
            foreach (var (act, value) in acts)
            {
                switch (act)
                {
                    case 0 when updates++ < 4:
                        rollout.Update();
                        break;
                    case 1:
                        rollout.Scale(value);
                        break;
                    case 2 or 3:
                        rollout.Reconcile();
                        break;
                    case 4:
                        rollout.Sync(value);
                        break;
                    case 5:
                        rollout.Report(value);
                        break;
                    case 6:
                        rollout.Fail(value);
                        break;
                    default:
                        rollout.BecomeAvailable(value);
                        break;
                }
            }

            rollout.Settle();
            Assert.True(rollout.IsDone);
        });
    }
}
