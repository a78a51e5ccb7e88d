using Microsoft.Extensions.Time.Testing;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Fairness;
using Strata.ApiServer.Requests;
using Strata.Hosting.Metrics;

namespace Strata.ApiServer.Tests.Fairness;

public sealed class FlowControllerTests
{
    private static readonly RequestInfo Request = RequestInfo.Parse("GET", "/api/v1/namespaces/a/pods/b", QueryParameters.Empty);

    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flow_that_floods_its_level_does_not_keep_another_waiting_for_long()
    {
        var controller = new FlowController(10, Only(queues: 64, hand: 4, length: 100), _clock, new MetricRegistry());
        var flood = Enumerable.Range(0, 100).Select(_ => Enter(controller, "flood")).ToList();
        var other = Enter(controller, "other");
        Assert.False(other.IsCompleted);

        for (var done = 0; done < 5 && !other.IsCompleted; done++)
        {
            var next = flood.First(static entered => entered.IsCompletedSuccessfully);
            flood.Remove(next);
            _clock.Advance(TimeSpan.FromSeconds(1)); // What the flood has had counts.
            (await next).Dispose();
            await Task.Yield();
        }

        (await other.WaitAsync(TimeSpan.FromSeconds(10), Token)).Dispose();
        Assert.True(flood.Count(static entered => !entered.IsCompleted) > 80);
    }

    [Fact]
    public async Task A_full_queue_and_a_long_wait_are_refused_with_a_time_to_come_back()
    {
        var controller = new FlowController(1, Only(queues: 1, hand: 1, length: 2), _clock, new MetricRegistry());
        var running = await Enter(controller, "a");
        await FillAsync(controller);
        var waiting = Enter(controller, "a");
        var second = Enter(controller, "b");

        var full = await Assert.ThrowsAsync<FlowRefusedException>(() => Enter(controller, "c"));
        _clock.Advance(FlowController.WaitLimit);
        var late = await Assert.ThrowsAsync<FlowRefusedException>(() => waiting);
        await Assert.ThrowsAsync<FlowRefusedException>(() => second);

        Assert.Equal((429, StatusReason.TooManyRequests, 1), (full.Status.Code, full.Status.Reason, full.Status.RetryAfterSeconds));
        Assert.Contains("(queue-full)", full.Status.Message, StringComparison.Ordinal);
        Assert.Contains("(time-out)", late.Status.Message, StringComparison.Ordinal);
        running.Dispose();
        Assert.Equal(0, Use(controller, "mine").Waiting);
    }

    [Fact]
    public async Task Masters_never_wait()
    {
        var controller = new FlowController(1, Only(queues: 1, hand: 1, length: 2), _clock, new MetricRegistry());
        await Enter(controller, "a");

        for (var request = 0; request < 50; request++)
        {
            Assert.True(controller.EnterAsync(UserIdentity.ApiServer, Request, 1, Token).IsCompletedSuccessfully);
        }
    }

    [Fact]
    public async Task A_level_borrows_what_others_lend_and_they_get_their_own_back_first()
    {
        // 10 seats each; the lender lends half.
        var controller = new FlowController(20, FlowConfiguration.From([Schema("mine", "alice", 10), Schema("lender", "bob", 20)], [Level("mine", 50, 0), Level("lender", 50, 50), .. NoShares]), _clock, new MetricRegistry());
        var own = new List<FlowTicket>();
        while (Enter(controller, "alice") is { IsCompleted: true } entered)
        {
            own.Add(await entered);
        }

        Assert.Equal(15, own.Count);
        for (var request = 0; request < 10; request++)
        {
            Assert.True(Enter(controller, "bob").IsCompletedSuccessfully); // Its own ten, although five are lent.
        }

        own.Take(5).ToList().ForEach(static ticket => ticket.Dispose());
        Assert.Equal((10, 1), (Use(controller, "mine").SeatsInUse, Use(controller, "mine").Waiting)); // Nothing to borrow now.
        own[5].Dispose();
        Assert.Equal((10, 0), (Use(controller, "mine").SeatsInUse, Use(controller, "mine").Waiting));
    }

    [Fact]
    public async Task A_request_that_gives_up_leaves_its_place_to_the_next()
    {
        var controller = new FlowController(1, Only(queues: 1, hand: 1, length: 10), _clock, new MetricRegistry());
        var running = await Enter(controller, "a");
        await FillAsync(controller);
        using var leaves = new CancellationTokenSource();
        var gone = controller.EnterAsync(UserIdentity.Of("a"), Request, 1, leaves.Token).AsTask();
        var next = Enter(controller, "a");

        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        running.Dispose();
        running.Dispose(); // Once more gives nothing back.

        (await next.WaitAsync(TimeSpan.FromSeconds(10), Token)).Dispose();
    }

    [Fact]
    public async Task Changed_settings_hold_at_once_and_lose_nobody()
    {
        var controller = new FlowController(1, Only(queues: 1, hand: 1, length: 10), _clock, new MetricRegistry());
        await Enter(controller, "a");
        await FillAsync(controller);
        var waiting = Enumerable.Range(0, 5).Select(index => Enter(controller, $"user-{index}")).ToList();
        Assert.DoesNotContain(waiting, static entered => entered.IsCompleted);

        controller.Use(Only(queues: 16, hand: 2, length: 10, shares: 1000));
        Assert.Equal(5, Use(controller, "mine").Waiting);
        controller.Use(FlowConfiguration.From([Schema("mine", "*", 10)], [Exempt("mine")]));
        var late = Enter(controller, "b");

        Assert.True(late.IsCompletedSuccessfully);
    }

    // The seats of a level that has only one are rounded up; what it borrows besides is used up here, so that the next one waits.
    private static async Task FillAsync(FlowController controller)
    {
        while (Use(controller, "mine") is { SeatsInUse: var used, Seats: var seats } && used < seats)
        {
            await Enter(controller, "a");
        }
    }

    private static Task<FlowTicket> Enter(FlowController controller, string user) => controller.EnterAsync(UserIdentity.Of(user), Request, 1, Token).AsTask();

    private static LevelUse Use(FlowController controller, string level) => controller.Uses().First(use => use.Level == level);

    private static FlowConfiguration Only(int queues, int hand, int length, int shares = 100) =>
        FlowConfiguration.From([Schema("mine", "*", 10)], [Level("mine", shares, 0, queues, hand, length), .. NoShares]);

    // The mandatory level takes nothing away, so that the numbers are easy to follow.
    private static IReadOnlyList<PriorityLevelConfiguration> NoShares { get; } =
    [
        BuiltInFlows.MandatoryLevels[1] with { Spec = new() { Type = "Limited", Limited = new() { NominalConcurrencyShares = 0, LimitResponse = new() { Type = "Reject" } } } },
    ];

    private static FlowSchema Schema(string level, string user, int precedence) => new()
    {
        Metadata = new ObjectMeta { Name = level },
        Spec = new()
        {
            MatchingPrecedence = precedence,
            PriorityLevelConfiguration = new() { Name = level },
            DistinguisherMethod = new() { Type = "ByUser" },
            Rules = [new() { Subjects = [new() { Kind = "User", User = new() { Name = user } }], ResourceRules = [new() { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"], Namespaces = ["*"], ClusterScope = true }] }],
        },
    };

    private static PriorityLevelConfiguration Level(string name, int shares, int lendable, int queues = 1, int hand = 1, int length = 50) => new()
    {
        Metadata = new ObjectMeta { Name = name },
        Spec = new()
        {
            Type = "Limited",
            Limited = new()
            {
                NominalConcurrencyShares = shares,
                LendablePercent = lendable,
                LimitResponse = new() { Type = "Queue", Queuing = new() { Queues = queues, HandSize = hand, QueueLengthLimit = length } },
            },
        },
    };

    private static PriorityLevelConfiguration Exempt(string name) => new() { Metadata = new ObjectMeta { Name = name }, Spec = new() { Type = "Exempt" } };
}
