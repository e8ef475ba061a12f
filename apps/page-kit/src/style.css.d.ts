// A style sheet gives a module nothing.
export {};
