namespace Strata.Network.Linux;

/// <summary>The host's command line tools (<c>ip</c>, <c>nft</c>), as the network uses them.</summary>
internal interface IHostCommand
{
    /// <summary>Runs to the end; a non-zero exit code is a result, not an exception.</summary>
    /// <param name="command">The program and its arguments, passed without a shell.</param>
    /// <param name="input">Written to standard input; null: nothing.</param>
    /// <exception cref="FileNotFoundException">The program is not installed.</exception>
    /// <exception cref="TimeoutException">It ran longer than 30 s and was killed.</exception>
    Task<CommandResult> RunAsync(string[] command, string? input, CancellationToken cancellationToken);
}
