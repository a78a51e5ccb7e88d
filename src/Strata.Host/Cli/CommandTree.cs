using System.CommandLine;

namespace Strata.Host.Cli;

/// <summary>All commands of the program.</summary>
internal static class CommandTree
{
    public static RootCommand Build() => new("Container orchestration in layers: container instances, a Kubernetes-compatible orchestrator, and virtual nodes that join the two.")
    {
        UpCommand.Create(),
        ServerCommand.Create(),
        DownCommand.Create(),
        StatusCommand.Create(),
        DemoCommand.Create(),
        ImageCommand.Create(),
        CostCommand.Create(),
        BackupCommand.Create(),
        RestoreCommand.Create(),
    };
}
