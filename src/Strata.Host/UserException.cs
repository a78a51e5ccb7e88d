namespace Strata.Host;

/// <summary>Something that the user can put right; its message is the whole output, without a stack trace.</summary>
internal sealed class UserException(string message, Exception? inner = null) : Exception(message, inner);
