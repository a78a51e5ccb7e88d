using System.CommandLine;
using System.Globalization;
using Strata.Arm;
using Strata.Arm.Client;
using Strata.Host.Clusters;

namespace Strata.Host.Cli;

/// <summary><c>strata cost</c>: what the container instances have cost so far, group by group.</summary>
internal static class CostCommand
{
    public static Command Create()
    {
        var dataDirectory = ClusterOptions.DataDirectory();
        var command = new Command("cost", "Show what the container instances have used and cost.") { dataDirectory };
        command.SetUserAction((parsed, cancellationToken) => ShowAsync(new ClusterPaths(parsed.GetRequiredValue(dataDirectory)), cancellationToken));
        return command;
    }

    private static async Task<int> ShowAsync(ClusterPaths paths, CancellationToken cancellationToken)
    {
        if (ClusterState.TryLoad(paths) is not { } state || !File.Exists(paths.ArmToken))
        {
            throw new UserException($"there is no cluster with container instances in {paths.Data}");
        }

        try
        {
            using var arm = ClusterRuntime.CreateArmClient(paths, state);
            var report = await new ContainerGroupClient(arm, ClusterRuntime.SubscriptionId, ClusterRuntime.ResourceGroup).GetUsageReportAsync(null, null, cancellationToken);
            Console.WriteLine($"{"GROUP",-44}{"VCPU-SECONDS",14}{"GB-SECONDS",14}{report.Currency,12}");
            foreach (var group in report.Groups)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{group.Name,-44}{group.Usage.VcpuSeconds,14:F0}{group.Usage.GBSeconds,14:F0}{group.Usage.Cost,12:F6}"));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"total",-44}{report.Total.VcpuSeconds,14:F0}{report.Total.GBSeconds,14:F0}{report.Total.Cost,12:F6}"));
            return 0;
        }
        catch (Exception error) when (error is ArmException or HttpRequestException)
        {
            throw new UserException($"the container-instances service does not answer: {error.Message}; is the cluster up? (strata status)", error);
        }
    }
}
