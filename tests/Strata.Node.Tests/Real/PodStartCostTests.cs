using System.Diagnostics;
using Strata.Api.Models;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Tests.Real;

/// <summary>What the agent adds to the runtime's own calls when a pod starts.</summary>
public sealed class PodStartCostTests(PrivateContainerd containerd)
{
    private const int Rounds = 7;

    // The promise is 50 ms on an idle machine; test machines are not idle, so the test only guards against a loss of an order of magnitude.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pod_starts_little_later_than_the_bare_calls_take()
    {
        await using var real = await RealNode.StartAsync(containerd);
        var image = (await real.Runtime.FindImageAsync(Given.Image, Token))!;
        var bare = new List<TimeSpan>();
        var whole = new List<TimeSpan>();
        for (var round = 0; round < Rounds; round++)
        {
            bare.Add(await BareAsync(real, image, round));
            whole.Add(await PodAsync(real, round));
        }

        var overhead = Median(whole) - Median(bare);
        TestContext.Current.SendDiagnosticMessage($"bare calls {Median(bare).TotalMilliseconds:0} ms, pod {Median(whole).TotalMilliseconds:0} ms, overhead {overhead.TotalMilliseconds:0} ms");
        Assert.True(overhead < Limit, $"overhead {overhead.TotalMilliseconds:0} ms: bare calls {Median(bare).TotalMilliseconds:0} ms, pod {Median(whole).TotalMilliseconds:0} ms");
    }

    private static async Task<TimeSpan> BareAsync(RealNode real, RuntimeImage image, int round)
    {
        var uid = $"00000000-0000-4000-9000-{round:x12}";
        var sandbox = new SandboxSpec
        {
            PodUid = uid,
            PodNamespace = "bare",
            PodName = $"bare{round}",
            Hostname = "bare",
            LogDirectory = Path.Combine(real.Node.Folder, "bare", uid),
            CgroupParent = $"/{PrivateContainerd.CgroupRoot}/kubepods/besteffort/pod{uid}",
        };
        Directory.CreateDirectory(sandbox.LogDirectory);
        var container = new ContainerSpec { Name = "main", Image = image.Id, Command = ["sleep", "1000"], LogPath = "main.log" };
        var watch = Stopwatch.StartNew();
        var sandboxId = await real.Runtime.RunSandboxAsync(sandbox, Token);
        var id = await real.Runtime.CreateContainerAsync(sandboxId, sandbox, container, Token);
        await real.Runtime.StartContainerAsync(id, Token);
        var took = watch.Elapsed;
        await real.Runtime.StopContainerAsync(id, TimeSpan.Zero, Token);
        await real.Runtime.StopSandboxAsync(sandboxId, Token);
        await real.Runtime.RemoveSandboxAsync(sandboxId, Token);
        Linux.CgroupTree.TryRemove(sandbox.CgroupParent);
        return took;
    }

    private static async Task<TimeSpan> PodAsync(RealNode real, int round)
    {
        var watch = Stopwatch.StartNew();
        await real.Node.CreateAsync(Given.Pod($"timed{round}", Given.Container("main", "sleep", "1000")));
        await real.Node.PodWhenAsync($"timed{round}", pod => pod.IsReady());
        var took = watch.Elapsed;
        await real.Node.DeleteAsync($"timed{round}", grace: 1);
        await real.Node.GoneAsync($"timed{round}");
        return took;
    }

    private static TimeSpan Median(List<TimeSpan> values) => values.Order().ElementAt(values.Count / 2);
}
