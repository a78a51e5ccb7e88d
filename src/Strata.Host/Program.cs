using Strata.Host;
using Strata.Host.Cli;

try
{
    return await CommandTree.Build().Parse(args).InvokeAsync();
}
catch (UserException error)
{
    Console.Error.WriteLine($"strata: {error.Message}");
    return 1;
}
