namespace Strata.ApiServer.Streaming;

/// <summary>How a backend is connected to.</summary>
internal enum BackendTrust
{
    /// <summary>A node's server: with our certificate, to one of the nodes' CA.</summary>
    Node,

    /// <summary>A node's server whose certificate the user chose not to have verified (<c>insecureSkipTLSVerifyBackend</c>).</summary>
    UnverifiedNode,

    /// <summary>Something of a user's: without any credentials of ours, whatever certificate it shows.</summary>
    Stranger,
}
