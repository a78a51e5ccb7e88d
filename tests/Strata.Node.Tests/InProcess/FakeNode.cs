using Microsoft.Extensions.Time.Testing;
using Strata.Api.Models;
using Strata.Testing.Runtime;

namespace Strata.NodeAgent.Tests.InProcess;

/// <summary>A node agent over the fake runtime and the fake API, on a clock that the test moves.</summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private FakeNode(FakeTimeProvider clock, FakeContainerRuntime runtime)
    {
        Clock = clock;
        Runtime = runtime;
    }

    public FakeTimeProvider Clock { get; }

    public FakeContainerRuntime Runtime { get; }

    public TestNode Node { get; private set; } = null!;

    public static async Task<FakeNode> StartAsync(Func<NodeAgentOptions, NodeAgentOptions>? adapt = null)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var runtime = new FakeContainerRuntime(clock);
        runtime.AddImage(Given.Image);
        var fake = new FakeNode(clock, runtime);
        fake.Node = await TestNode.StartAsync(runtime, clock, adapt: adapt);
        return fake;
    }

    public Task<Pod> PodWhenAsync(string name, Func<Pod, bool> condition) => Node.PodWhenAsync(name, condition);

    /// <summary>Lets virtual time pass until the condition holds.</summary>
    /// <returns>How much time passed.</returns>
    public async Task<TimeSpan> PassUntilAsync(Func<bool> condition, TimeSpan limit, Func<string>? describe = null)
    {
        var began = Clock.GetUtcNow();
        while (!condition())
        {
            Assert.True(Clock.GetUtcNow() - began < limit, $"not within {limit} of virtual time: {describe?.Invoke()}");
            Clock.Advance(TimeSpan.FromSeconds(1));
            for (var pause = 0; pause < 10 && !condition(); pause++)
            {
                // Real time, for the tasks that the step woke.
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }

        return Clock.GetUtcNow() - began;
    }

    public async ValueTask DisposeAsync() => await Node.DisposeAsync();
}
