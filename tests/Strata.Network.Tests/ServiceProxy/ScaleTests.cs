using System.Diagnostics;
using System.Globalization;
using Strata.Network.Linux;
using Strata.Network.ServiceProxy;
using Strata.Network.Tests.Linux;

namespace Strata.Network.Tests.ServiceProxy;

public sealed class ScaleTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_thousand_services_are_programmed_in_seconds_and_one_change_in_milliseconds()
    {
        Assert.SkipUnless(NetNamespace.Supported, "needs root, iproute2 and libnftables");
        using var host = new NetNamespace("scale");
        var library = new InNamespace(host);
        var program = new NftCommand(host.Host);
        var services = Enumerable.Range(0, 1000).Select(static i => Service(i, endpointCount: 10)).ToArray();
        var builder = new RulesetBuilder(Given.Options);

        var clock = Stopwatch.StartNew();
        var full = builder.Build(services);
        var commands = RulesetDiff.Replace(full);
        Report("compute and write 1,000 services x 10 endpoints", clock);
        await library.ApplyAsync(commands, CancellationToken.None);
        var all = Report("apply them, libnftables", clock);
        await program.ApplyAsync(commands, CancellationToken.None);
        Report("apply them, nft program", clock);

        var one = double.MaxValue;
        for (var round = 0; round < 6; round++)
        {
            services[500] = Service(500, endpointCount: 10 - (round % 2) - 1);
            clock.Restart();
            var changed = builder.Build(services);
            var difference = RulesetDiff.Between(full, changed);
            Report($"compute one change ({difference.Length} characters)", clock);
            INftables target = round < 3 ? library : program;
            await target.ApplyAsync(difference, CancellationToken.None);
            one = Math.Min(one, Report("apply it, " + (round < 3 ? "libnftables" : "nft program"), clock));
            full = changed;
        }

        Assert.InRange(all, 0, 10_000);
        Assert.InRange(one, 0, 500);
    }

    private static ServiceInfo Service(int number, int endpointCount) => Given.Service(
        "service-" + number.ToString(CultureInfo.InvariantCulture), $"10.96.{(number / 250) + 1}.{(number % 250) + 1}",
        Given.Port(80, [.. Enumerable.Range(0, endpointCount).Select(e => Given.Ready($"10.43.{number % 250}.{((number / 250) * 20) + e + 1}"))]));

    private double Report(string what, Stopwatch clock)
    {
        var milliseconds = clock.Elapsed.TotalMilliseconds;
        output.WriteLine($"{what}: {milliseconds.ToString("0.0", CultureInfo.InvariantCulture)} ms");
        clock.Restart();
        return milliseconds;
    }
}
