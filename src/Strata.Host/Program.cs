using System.CommandLine;
using Strata.Host.Cli;

// Signals are for the commands themselves: a cluster cleans up before it ends.
return await CommandTree.Build().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
